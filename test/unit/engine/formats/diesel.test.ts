import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

test("a folder of diesel is recognised, and its versions are the dates without hyphens", async (t) => {
  const dir = await createFiles(t, {
    "00000000000000_diesel_initial_setup/up.sql": "SELECT 1",
    "2026-01-05-090000_a_b/up.sql": "SELECT 2",
    "2026-01-05-090000_a_b/down.sql": "SELECT 3",
    "20260112101500_c/up.sql": "SELECT 4",
    ".diesel_lock": "",
  });
  await mkdir(join(dir, "2026-02-01-000000_empty"));
  const { format, migrations } = await readFolder({ dir });
  assert.equal(format, "diesel");
  assert.deepEqual(
    migrations.map(({ name, key, down }) => [name, key, down !== undefined]),
    [
      ["00000000000000_diesel_initial_setup", "00000000000000", false],
      ["2026-01-05-090000_a_b", "20260105090000", true],
      ["20260112101500_c", "20260112101500", false],
    ],
  );
});

test("metadata.toml decides on the transaction, and means false if it does not say", async (t) => {
  const metadata = {
    "1_none": undefined,
    "2_true": "run_in_transaction = true # as always",
    "3_false": "# for the index\nrun_in_transaction=false\r\n",
    "4_silent": "# nothing",
  };
  const files = Object.entries(metadata).flatMap(([name, text]) => [
    [`${name}/up.sql`, "SELECT 1"],
    ...(text === undefined ? [] : [[`${name}/metadata.toml`, text]]),
  ]);
  const dir = await createFiles(t, Object.fromEntries(files) as Record<string, string>);
  const { migrations } = await readFolder({ dir, format: "diesel" });
  assert.deepEqual(
    migrations.map(({ up }) => up.transaction),
    [true, true, false, false],
  );
});

test("a metadata.toml that cannot be understood is an error", async (t) => {
  const dir = await createFiles(t, { "1_a/up.sql": "", "1_a/metadata.toml": "run_in_transaction = no" });
  const { migrations } = await readFolder({ dir, format: "diesel" });
  assert.throws(() => migrations[0]?.up, /metadata\.toml:1: run_in_transaction must be true or false/);
});
