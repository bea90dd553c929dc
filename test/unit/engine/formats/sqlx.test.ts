import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

test("a folder of sqlx is recognised by the Cargo.toml beside it, with simple and reversible files", async (t) => {
  const first = "CREATE TABLE a ();\r\n";
  const dir = await createFiles(t, {
    "Cargo.toml": '[dependencies]\nsqlx = "0.8"\n',
    "migrations/0001_create_a.sql": first,
    "migrations/2_index_a.up.sql": "-- no-transaction\nSELECT 1",
    "migrations/2_index_a.down.sql": "SELECT 2",
    "migrations/10_later.sql": "SELECT 3",
  });
  const { format, migrations } = await readFolder({ dir: join(dir, "migrations") });
  assert.equal(format, "sqlx");
  assert.deepEqual(
    migrations.map(({ name, key, up, down, details }) => [
      ...[name, key, details?.["description"]],
      ...[up.transaction, down?.transaction],
    ]),
    [
      ["0001_create_a", "1", "create a", true, undefined],
      ["2_index_a", "2", "index a", false, true],
      ["10_later", "10", "later", true, undefined],
    ],
  );
  assert.equal(migrations[0]?.checksum, createHash("sha384").update(first).digest("hex"));
});

test("without such a Cargo.toml the same files are of the tools that they were of before", async (t) => {
  for (const [file, format] of [
    ["1_a.sql", "numbered"],
    ["1_a.up.sql", "golang-migrate"],
  ] as const) {
    const dir = await createFiles(t, { "Cargo.toml": '[dependencies]\nrefinery = "1"\n', [`m/${file}`]: "" });
    assert.equal((await readFolder({ dir: join(dir, "m") })).format, format);
    assert.equal((await readFolder({ dir: join(dir, "m"), format: "sqlx" })).migrations[0]?.key, "1");
  }
});
