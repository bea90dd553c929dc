import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Check,
  exactlyOne,
  noDuplicates,
  noOrphans,
  PreconditionError,
  returnsNoRows,
  rowCount,
  runChecks,
  tableExists,
} from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const number = fc.integer({ min: -2, max: 6 });
const table = fc.constantFrom("p", "q");

const rows = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(number, number), { minLength: 1, maxLength: 6 })
    .map((values) => `INSERT INTO ${name} VALUES ${values.map(([a, b]) => `(${a}, ${b})`).join(", ")}`);

const schema = fc
  .tuple(fc.boolean(), fc.boolean(), rows("p"), rows("q"))
  .map(([hasTrigger, hasView, p, q]) =>
    [
      "CREATE TABLE p (a int, b int)",
      "CREATE TABLE q (a int, b int DEFAULT 1)",
      ...(hasView ? ["CREATE VIEW v AS SELECT a FROM q WHERE b >= 0"] : ["CREATE TABLE v (a int)"]),
      "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO q VALUES (NEW.a, NEW.b); RETURN NEW; END $$",
      ...(hasTrigger ? ["CREATE TRIGGER copy AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION copy()"] : []),
      p,
      q,
    ].join(";\n"),
  );

const statement = fc.oneof(
  rows("p"),
  rows("q"),
  fc.tuple(table, number, number).map(([name, a, b]) => `UPDATE ${name} SET a = ${a} WHERE b > ${b}`),
  fc.tuple(table, number).map(([name, a]) => `DELETE FROM ${name} WHERE a = ${a}`),
  fc.tuple(table, number).map(([name, b]) => `DO $$ BEGIN EXECUTE 'UPDATE ${name} SET b = ${b} - b'; END $$`),
  table.map((name) => `TRUNCATE ${name}`),
  table.map((name) => `ALTER TABLE ${name} ADD COLUMN IF NOT EXISTS c int DEFAULT 7`),
  table.map((name) => `CREATE INDEX ON ${name} (b)`),
  fc.constantFrom(
    "DROP TABLE q CASCADE",
    "ALTER TABLE p RENAME TO q",
    "CREATE TABLE fresh (a int); INSERT INTO fresh VALUES (1)",
    "CREATE OR REPLACE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "SET search_path = pg_catalog",
    "SELECT 1/0",
  ),
);

const checks: readonly Check[] = [
  returnsNoRows("no negatives", "SELECT a FROM p WHERE a < 0"),
  returnsNoRows("none in the view", "SELECT a FROM v WHERE a = 5"),
  noDuplicates("p.a"),
  noOrphans("q.a", "p.a"),
  exactlyOne("q.a", "p.a", { where: "a > 2" }),
  rowCount("q", { atMost: 6 }),
  tableExists("q"),
];

const deployment = fc.record({
  base: schema,
  script: fc.array(statement, { minLength: 1, maxLength: 4 }),
  chosen: fc.subarray([...checks], { minLength: 1 }),
  before: fc.boolean(),
});

const empty = "CREATE TABLE p (a int, b int); CREATE TABLE q (a int, b int); CREATE TABLE v (a int)";
const negative = "INSERT INTO p VALUES (-1, 0)";

/** One of each outcome, since chance may leave one out. */
const certain = [
  { base: empty, script: ["CREATE INDEX ON p (b)"] },
  { base: empty, script: [negative] },
  { base: empty, script: ["SELECT 1/0"] },
  { base: `${empty}; ${negative}`, script: ["CREATE INDEX ON p (b)"] },
].map((one): [typeof one & { chosen: Check[]; before: boolean }] => [
  { ...one, chosen: checks.slice(0, 1), before: true },
]);

test("whatever a check refuses leaves catalog, data and ledger as they were, and what is committed holds", async (t) => {
  const outcomes = { committed: 0, violating: 0, failing: 0, precondition: 0 };
  await fc.assert(
    fc.asyncProperty(deployment, async ({ base, script, chosen, before }) => {
      const { connection, database } = await openTarget(t);
      await run(database, await createFolder(t, { "1_base": base }));
      const state = await stateOf(connection);
      const folder = await createFolder(t, { "1_base": base, "2_change": script.join(";\n") });
      const evaluated = chosen.map((check) => (before ? check : { ...check, when: ["inside"] as const }));
      const result = await run(database, folder, { checks: evaluated }).catch((error: unknown) => {
        assert.ok(error instanceof PreconditionError, String(error));
        return undefined;
      });
      if (result !== undefined && result.failed === undefined) {
        outcomes.committed++;
        const found = await runChecks({ database, checks: evaluated });
        assert.deepEqual(
          found.filter(({ outcome }) => outcome !== "holds"),
          [],
        );
        return;
      }
      outcomes[result === undefined ? "precondition" : result.failed?.error ? "failing" : "violating"]++;
      assert.deepEqual(await stateOf(connection), state);
    }),
    { numRuns: 40, examples: certain },
  );
  t.diagnostic(JSON.stringify(outcomes));
  // Else it is the property that says nothing.
  assert.ok(
    Object.values(outcomes).every((times) => times > 0),
    JSON.stringify(outcomes),
  );
});
