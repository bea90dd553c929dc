import assert from "node:assert/strict";
import { test } from "node:test";
import { notNull, preflight, returnsNoRows, tableExists, verificationReport } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget } from "../target.ts";

test("checks on what the pending migrations create say nothing before the first run", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int NOT NULL)" });
  const checks = [
    tableExists("a"),
    notNull("a.b"),
    returnsNoRows("no negatives", "SELECT * FROM a WHERE b < 0"),
  ];
  const { checks: results } = await preflight({ connection, folder, checks });
  assert.equal(verificationReport(results), undefined);
  const misspelt = [...checks, { ...tableExists("x"), name: "gone" }];
  const later = await preflight({ connection, folder, checks: misspelt });
  assert.equal(verificationReport(later.checks), undefined);
});
