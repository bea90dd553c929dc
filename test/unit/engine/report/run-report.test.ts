import assert from "node:assert/strict";
import { test } from "node:test";
import { type FailedMigration, failureReport } from "../../../../engine/index.ts";

function reportOf(outcome: FailedMigration["outcome"], hint?: string): string {
  return failureReport({
    declared: [],
    rolledBack: [],
    applied: [{ name: "1_a", durationMs: 1 }],
    failed: {
      name: "2_i",
      direction: "up",
      file: "2_i/migration.sql",
      outcome,
      error: {
        message: "could not create unique index",
        sqlstate: "23505",
        detail: undefined,
        hint,
        where: undefined,
        position: undefined,
        excerpt: undefined,
      },
      violated: [],
    },
    unapplied: ["2_i"],
  });
}

test("what ran outside a transaction and failed is not said to have left the ledger as it was", () => {
  const report = reportOf("undone");
  assert.match(
    report,
    /^It cannot be one transaction: it did not complete, what it left was removed, and the ledger has a rolled-back row for it\. 1 migration before it is applied\.$/m,
  );
  assert.doesNotMatch(report, /as they were/);
});

test("what is left of a statement that could not be cleaned up is in the report", () => {
  const report = reportOf("unfinished", "An invalid index is left");
  assert.match(report, /^ {2}HINT: An invalid index is left$/m);
  assert.match(report, /did not complete; the hint names what is left of it/);
  assert.doesNotMatch(report, /was removed|as they were/);
});
