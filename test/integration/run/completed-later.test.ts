import assert from "node:assert/strict";
import { test } from "node:test";
import {
  failureReport,
  noInvalidIndexes,
  noUnvalidatedConstraints,
  runChecks,
} from "../../../engine/index.ts";
import { checksAt } from "../../../engine/checks/check-times.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const validation = {
  "1_a": "CREATE TABLE a (b int);",
  "2_add": "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID;",
  "3_validate": "ALTER TABLE a VALIDATE CONSTRAINT c;",
};

const attachment = {
  "1_p":
    "CREATE TABLE p (b int) PARTITION BY RANGE (b); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9);",
  "2_only": "CREATE INDEX i ON ONLY p (b);",
  "3_part": "CREATE INDEX CONCURRENTLY i1 ON p1 (b);",
  "4_attach": "ALTER INDEX i ATTACH PARTITION i1;",
};

test("a constraint or an index may be completed by a later migration of the run", async (t) => {
  const { database } = await openTarget(t);
  const checks = [noUnvalidatedConstraints(), noInvalidIndexes()];
  for (const scripts of [validation, attachment]) {
    const { failed } = await run((await openTarget(t)).database, await createFolder(t, scripts), { checks });
    assert.equal(failed, undefined);
  }
  await database.execute("CREATE TABLE a (b int); ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID");
  for (const time of ["after", "standing"] as const) {
    const found = await runChecks({ database, checks: checksAt(checks, time) });
    assert.deepEqual(
      found.map(({ outcome }) => outcome),
      ["violated", "holds"],
    );
  }
});

test("violations that rise within what is accepted stop the migration and say so", async (t) => {
  const { database } = await openTarget(t);
  const checks = [noUnvalidatedConstraints({ when: ["inside"], accepts: 1 })];
  const result = await run(database, await createFolder(t, validation), { checks });
  const { failed } = result;
  assert.ok(failed);
  assert.equal(failed.name, "2_add");
  assert.match(
    failureReport({ ...result, failed }),
    /1 violation, up from 0 before this migration: `accepts` tolerates known violations, and their number may only fall/,
  );
});
