import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CheckResult,
  checkReport,
  type FailedMigration,
  failureReport,
  pendingReport,
  type Plan,
  planWarnings,
  restoredLedgerReport,
  type Step,
  verificationReport,
} from "../../../../engine/index.ts";
import { application } from "../../../../engine/plan/step.ts";
import { migrationOf } from "../../../migration.ts";

const emptyPlan: Plan = {
  ledger: "l",
  ledgerExists: true,
  hasLedgerRows: false,
  heldBack: [],
  options: {},
  steps: [],
  applied: [],
  failed: [],
  edited: [],
  missing: [],
  outOfOrder: [],
  version: undefined,
  tableWithoutLedger: undefined,
};

function pending(name: string, resumes = false): Step {
  const entry = { key: name, checksum: "", startedAt: undefined, logs: undefined, progress: undefined };
  return application(migrationOf(name), resumes ? { ...entry, state: "failed" } : undefined);
}

const held: CheckResult = {
  check: "fine",
  kind: "tableExists",
  severity: "fail",
  when: ["inside", "standing"],
  owner: undefined,
  outcome: "holds",
  violations: 0,
  rows: [],
  error: undefined,
};
const violated: CheckResult = {
  check: "no orphans",
  kind: "noOrphans",
  severity: "fail",
  when: ["inside", "standing"],
  owner: undefined,
  outcome: "violated",
  violations: 7,
  rows: [
    { id: "1", note: null },
    { id: "1234", note: `a\n\tb${"x".repeat(60)}` },
  ],
  error: undefined,
};
const unknown: CheckResult = {
  ...held,
  check: "gifts",
  outcome: "unknown",
  error: { message: 'relation "gifts" does not exist', sqlstate: "42P01" },
};

test("a migration that cannot be one transaction says so, and where", () => {
  const segmented = [{ name: "2_b", segments: 3, line: 4, words: "VACUUM gifts" }];
  assert.match(
    pendingReport({ ...emptyPlan, steps: [pending("2_b"), pending("3_c")] }, undefined, segmented),
    /\n {2}2_b \(in 3 segments, as of line 4: VACUUM gifts\)\n {2}3_c$/,
  );
});

test("pending migrations are counted and listed with the newest applied one", () => {
  assert.equal(
    pendingReport({ ...emptyPlan, steps: [pending("2_b", true)], version: "1_a" }),
    "1 migration pending (the ledger l is at 1_a):\n  2_b (resumes an interrupted attempt)",
  );
});

test("a ledger with rows is not called empty", () => {
  const plan = { ...emptyPlan, steps: [pending("2_b")], hasLedgerRows: true };
  assert.match(pendingReport(plan), /\(the ledger l has no migration as applied\)/);
  assert.match(
    pendingReport({ ...plan, applied: ["R__x"] }),
    /\(the ledger l has no versioned migration as applied\)/,
  );
  assert.match(restoredLedgerReport(plan), /^The ledger has rows: 0 migrations applied\./);
  assert.match(restoredLedgerReport(emptyPlan), /^The ledger is empty\./);
});

test("missing migrations are listed unless they are ignored", () => {
  const plan = { ...emptyPlan, missing: ["0"] };
  assert.deepEqual(planWarnings(plan), ["1 applied migration missing from the folder:\n  0"]);
  assert.deepEqual(planWarnings({ ...plan, options: { missing: "ignore" } }), []);
});

test("a long list shows all migrations that have a note", () => {
  const segmented = [{ name: "m100", segments: 21, line: 4, words: "VACUUM gifts" }];
  const lines = pendingReport(
    { ...emptyPlan, steps: Array.from({ length: 434 }, (_, at) => pending(`m${at}`, at === 200)) },
    undefined,
    segmented,
  ).split("\n");
  assert.deepEqual(lines.slice(-7), [
    "  m18",
    "  ... 81 more ...",
    "  m100 (in 21 segments, as of line 4: VACUUM gifts)",
    "  ... 99 more ...",
    "  m200 (resumes an interrupted attempt)",
    "  ... 232 more ...",
    "  m433",
  ]);
});

test("a long list is cut, and says by how much", () => {
  const lines = pendingReport({
    ...emptyPlan,
    steps: Array.from({ length: 434 }, (_, at) => pending(`m${at}`)),
  }).split("\n");
  assert.equal(lines[0], "434 migrations pending (the ledger l is empty):");
  assert.equal(lines.length, 22);
  assert.deepEqual(lines.slice(-2), ["  ... 414 more ...", "  m433"]);
});

test("what is odd about a plan is one warning each, and a sound plan has none", () => {
  assert.deepEqual(planWarnings(emptyPlan), []);
  assert.deepEqual(planWarnings({ ...emptyPlan, edited: ["1"], missing: ["2", "3"], outOfOrder: ["4"] }), [
    "1 applied migration edited since (the change will not be applied):\n  1",
    "2 applied migrations missing from the folder:\n  2\n  3",
    "1 pending migration older than one already applied:\n  4",
  ]);
});

test("violations are shown with their number and a table of a few rows", () => {
  const lines = checkReport([held, violated]).split("\n");
  assert.deepEqual(lines, [
    "✗ no orphans: 7 violations",
    "    id    note",
    "    1     NULL",
    `    1234  a b${"x".repeat(60)}`,
    "    ... and 5 more",
  ]);
});

test("a check that cannot be evaluated says why", () => {
  assert.equal(
    checkReport([unknown]),
    '✗ gifts: cannot be evaluated: relation "gifts" does not exist (SQLSTATE 42P01)',
  );
});

test("a verification in which all holds has nothing to report", () => {
  assert.equal(verificationReport([]), undefined);
  assert.equal(verificationReport([held]), undefined);
  assert.match(verificationReport([held, unknown]) ?? "", /^1 of 2 checks failed:\n✗ gifts/);
  assert.match(verificationReport([violated, unknown]) ?? "", /^2 of 2 checks failed:/);
});

const nothing = { declared: [], rolledBack: [], applied: [] };

const failed: FailedMigration = {
  name: "2_b",
  direction: "up",
  file: "m/2_b/migration.sql",
  outcome: "rolled-back",
  error: {
    message: 'column "x" does not exist',
    sqlstate: "42703",
    detail: undefined,
    hint: "Perhaps y.",
    where: undefined,
    position: { line: 3, column: 8 },
    excerpt: "3 | SELECT x\n           ^",
  },
  violated: [],
};

test("a failed statement is reported with its place, the server's words and what to do", () => {
  const result = { ...nothing, applied: [{ name: "1_a", durationMs: 1 }], failed, unapplied: ["2_b"] };
  assert.equal(
    failureReport(result),
    [
      'Migration 2_b failed: column "x" does not exist (SQLSTATE 42703)',
      "  at m/2_b/migration.sql:3:8",
      "  3 | SELECT x",
      "             ^",
      "  HINT: Perhaps y.",
      "It was rolled back: schema, data and ledger are as they were before it. 1 migration before it is applied.",
      "Correct the migration or the data and run pulumi up again; nothing else is needed.",
    ].join("\n"),
  );
});

test("a violation is reported with check, migration and rows, and what did not hold before is said", () => {
  const report = failureReport({
    ...nothing,
    failed: {
      ...failed,
      error: undefined,
      violated: [
        { ...violated, before: "holds" },
        { ...violated, check: "older", before: "violated" },
        { ...violated, check: "new", before: "unknown" },
      ],
    },
    unapplied: ["2_b"],
  });
  assert.match(report, /^Migration 2_b violates 3 checks:\n {2}✗ no orphans: 7 violations\n/);
  assert.match(
    report,
    /at m\/2_b\/migration\.sql\nFailed before the run already: older\.\nIt was rolled back/,
  );
});

test("a migration that could not be rolled back is not said to be", () => {
  const report = failureReport({
    ...nothing,
    applied: [{ name: "2_b", durationMs: 1 }],
    failed: {
      ...failed,
      outcome: "committed",
      error: undefined,
      violated: [{ ...violated, before: "holds" }],
    },
    unapplied: [],
  });
  assert.match(report, /it is applied and recorded/);
  assert.doesNotMatch(report, /rolled back: schema/);
});

test("a lock that could not be had and a new enum value have remedies of their own", () => {
  const reportOf = (sqlstate: string): string =>
    failureReport({
      ...nothing,
      failed: {
        ...failed,
        error: {
          message: "m",
          sqlstate,
          detail: undefined,
          hint: undefined,
          where: undefined,
          position: undefined,
          excerpt: undefined,
        },
      },
      unapplied: [],
    });
  assert.match(reportOf("55P03"), /pg_stat_activity/);
  assert.match(reportOf("55P04"), /ADD VALUE into a separate, earlier migration/);
});
