import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { test } from "node:test";
import { planRun, readFolder, stepsOf } from "../../../engine/index.ts";
import { ledgerRows, openTarget, run } from "../target.ts";

const dir = resolve(import.meta.dirname, "../../../../shared/corpus/langfuse/migrations");

test(
  "the 434 migrations of a real project are applied to an empty database",
  { skip: existsSync(dir) ? false : `there is no ${dir}` },
  async (t) => {
    const { database } = await openTarget(t);
    const folder = await readFolder({ dir });
    const { applied, failed } = await run(database, folder);
    assert.equal(failed, undefined);
    assert.equal(applied.length, 434);
    const rows = await ledgerRows(database);
    assert.deepEqual(
      rows.map((row) => row.migration_name),
      folder.migrations.map(({ name }) => name),
    );
    for (const [at, row] of rows.entries()) {
      const script = await readFile(folder.migrations[at]?.file ?? "");
      assert.equal(row.checksum, createHash("sha256").update(script).digest("hex"));
      assert.ok(row.finished_at !== null && row.rolled_back_at === null && row.logs === null);
    }
    const plan = await planRun({ database, folder });
    assert.deepEqual([stepsOf(plan, "apply"), plan.edited, plan.missing, plan.failed], [[], [], [], []]);
  },
);
