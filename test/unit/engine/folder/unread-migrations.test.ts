import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FolderError, readFolder, stepsOf } from "../../../../engine/index.ts";
import { digestOf } from "../../../../engine/plan/digest.ts";
import { makePlan } from "../../../../engine/plan/plan.ts";
import { createFiles } from "../../../migration-folder.ts";
import { goose, nodePgMigrate } from "./format-examples.ts";

for (const [format, files] of [
  ["dbmate", { "1_a.sql": "SELECT 1;\n", "2_b.sql": "-- migrate:up\n-- migrate:down\n" }],
  ["goose", { "1_a.sql": "SELECT 1;\n", "2_b.sql": goose }],
  ["golang-migrate", { "1_a.up.sql": "", "1_a.down.sql": "", "2_b.up.sql": "" }],
  ["node-pg-migrate", { "1_a.sql": "-- Down Migration\n", "2_b.sql": nodePgMigrate }],
  ["supabase", { "1_a.sql": "", "2_b.sql": "" }],
] as const)
  test(`${format}, whose ledger knows names alone, is not opened where it is applied`, async (t) => {
    const dir = await createFiles(t, files);
    const folder = await readFolder({ dir, format });
    await rm(join(dir, Object.keys(files)[0] ?? ""));
    const [first, second] = folder.migrations.map(({ key, name }) => ({ key, name }));
    const applied = { checksum: undefined, state: "applied", startedAt: undefined, logs: undefined } as const;
    const plan = makePlan(folder, {
      ...{ table: "t", exists: true, tableWithoutLedger: undefined, hasRows: true },
      entries: [{ ...applied, key: first?.key ?? "", progress: undefined }],
    });
    assert.deepEqual(
      [plan.applied, stepsOf(plan, "apply").map(({ name }) => name)],
      [[first?.name], [second?.name]],
    );
    assert.throws(() => digestOf(folder.migrations), FolderError);
  });
