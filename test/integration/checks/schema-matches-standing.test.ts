import assert from "node:assert/strict";
import { test } from "node:test";
import { preflight, readFolder, runChecks, schemaMatches } from "../../../engine/index.ts";
import { migrated } from "./schema-comparison.ts";

test("a standing one is evaluated by a preflight, and in an open transaction it sees what that has done", async (t) => {
  const { connection, database, dir } = await migrated(t);
  const checks = [schemaMatches(dir, { when: ["standing"] })];
  const folder = await readFolder({ dir });
  const before = await preflight({ connection, folder, checks });
  assert.deepEqual(
    before.checks.map(({ outcome }) => outcome),
    ["holds"],
  );
  await database.execute("BEGIN; DROP TABLE audit_log");
  const [inside] = await runChecks({ database, checks, insideTransaction: true });
  assert.deepEqual(inside?.rows, [{ kind: "table", object: "audit_log", state: "only in the folder" }]);
  assert.deepEqual(await database.query("SHOW search_path"), [{ search_path: '"$user", public' }]);
  await database.execute("COMMIT");
  const after = await preflight({ connection, folder, checks });
  assert.deepEqual(
    after.checks.map(({ outcome }) => outcome),
    ["violated"],
  );
});
