import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type Check,
  type Database,
  preserved,
  queryFasterThan,
  rowCountChange,
  sumPreserved,
} from "../../../engine/index.ts";
import { evaluateChecks } from "../../../engine/checks/evaluate-checks.ts";
import { openTarget } from "../target.ts";

const schema = `
CREATE TABLE gifts (id bigint PRIMARY KEY, amount numeric(30, 2), share float8, note text);
INSERT INTO gifts VALUES (1, 9007199254740993.01, 0.1, 'x'), (2, 2.5, 0.2, 'x'), (3, NULL, 0.3, NULL);
CREATE TABLE twice (a int, b text);
INSERT INTO twice VALUES (1, 'a'), (1, 'a'), (2, 'b');
CREATE SCHEMA "My.App";
CREATE TABLE "My.App"."Gift ""s""" ("Part.Key" int); INSERT INTO "My.App"."Gift ""s""" VALUES (1), (2);`;

const odd = '"My.App"."Gift ""s"""';

/** Observes checks, makes a change, and gives what each finds then: its rows, or why it cannot tell. */
async function changed(database: Database, change: string, checks: readonly Check[]): Promise<unknown[]> {
  const before = await evaluateChecks({ database, checks });
  assert.deepEqual(
    before.map(({ outcome, rows, error }) => [outcome, rows, error]),
    checks.map(() => ["holds", [], undefined]),
  );
  await database.execute(`BEGIN; ${change}`);
  const after = await evaluateChecks({
    ...{ database, checks, insideTransaction: true },
    before: new Map(before.flatMap(({ check, observed }) => (observed ? [[check, observed]] : []))),
  });
  await database.execute("ROLLBACK");
  return after.map(({ rows, error }) => error?.message ?? rows[0]);
}

async function openFilled(t: TestContext): Promise<Database> {
  const { database } = await openTarget(t);
  await database.execute(schema);
  return database;
}

test("what a query gives is compared, whatever the order of its rows", async (t) => {
  const database = await openFilled(t);
  const all = [
    preserved("gifts", "SELECT * FROM gifts; -- all"),
    preserved("twice", "SELECT a AS answer, a, b FROM twice ORDER BY a"),
    preserved("nothing selected", "SELECT FROM twice"),
    preserved("none", "SELECT 1 WHERE false"),
  ];
  const differ = { contents: "differ" };
  const reordered =
    "CREATE TABLE t AS TABLE twice; TRUNCATE twice; INSERT INTO twice SELECT * FROM t ORDER BY b DESC";
  for (const [change, ...expected] of [
    [reordered, undefined, undefined, undefined, undefined],
    ["UPDATE gifts SET note = 'y' WHERE id = 3", { "rows before": "3", "rows after": "3", ...differ }],
    ["UPDATE twice SET a = 2, b = 'b'", undefined, { "rows before": "3", "rows after": "3", ...differ }],
    [
      ...["DELETE FROM twice WHERE a = 1", undefined],
      ...[1, 2].map(() => ({ "rows before": "3", "rows after": "1", ...differ })),
    ],
    ["DROP TABLE gifts", 'relation "gifts" does not exist'],
  ])
    assert.deepEqual(
      await changed(database, change as string, all),
      Array.from(all, (_, at) => expected[at]),
    );
});

test("sums and row counts are compared, exactly", async (t) => {
  const database = await openFilled(t);
  const sum = "9007199254740995.51";
  const checks = [
    sumPreserved("gifts.amount"),
    sumPreserved("gifts.share", { where: "id < 3 -- why" }),
    sumPreserved(`${odd}."Part.Key"`),
    rowCountChange("gifts"),
    rowCountChange("public.gifts", { atMost: 1, where: "note = 'x' OR note IS NULL -- why" }),
    rowCountChange(odd, { name: "odd" }),
  ];
  const count = (before: number, after: number, allowed = 0): object => ({
    ...{ "rows before": String(before), "rows after": String(after), "allowed change": String(allowed) },
  });
  for (const [change, ...expected] of [
    ["ALTER TABLE gifts ALTER amount TYPE numeric(40, 4); UPDATE gifts SET amount = 0 WHERE id = 3"],
    [
      "UPDATE gifts SET amount = amount + 0.01 WHERE id = 1",
      { "sum before": sum, "sum after": "9007199254740995.52" },
    ],
    [
      "DELETE FROM gifts WHERE id = 3; UPDATE gifts SET share = 0.4",
      ...[undefined, { "sum before": "0.3", "sum after": "0.8" }, undefined, count(3, 2)],
    ],
    [
      `DELETE FROM gifts; DELETE FROM ${odd}`,
      ...[
        { "sum before": sum, "sum after": "0" },
        { "sum before": "0.3", "sum after": "0" },
      ],
      ...[{ "sum before": "3", "sum after": "0" }, count(3, 0), count(3, 0, 1), count(2, 0)],
    ],
    ["INSERT INTO gifts VALUES (4), (5)", undefined, undefined, undefined, count(3, 5), count(3, 5, 1)],
    [
      `DROP TABLE gifts; ALTER TABLE ${odd} DROP "Part.Key"`,
      ...['relation "gifts" does not exist', 'relation "gifts" does not exist'],
      ...['column "Part.Key" does not exist', 'relation "gifts" does not exist'],
      'relation "public.gifts" does not exist',
    ],
  ])
    assert.deepEqual(
      await changed(database, change as string, checks),
      Array.from(checks, (_, at) => expected[at]),
    );
});

test("a query that has become much slower is found", async (t) => {
  const database = await openFilled(t);
  await database.execute("CREATE TABLE naps (seconds float8); INSERT INTO naps VALUES (0)");
  const nap = "SELECT pg_sleep(seconds) FROM naps";
  const checks = [
    queryFasterThan("grace", nap, { graceMs: 60_000 }),
    queryFasterThan("factor", nap, { factor: 1e9 }),
    queryFasterThan("slow", `${nap}; -- why`, { factor: 2, graceMs: 20 }),
  ];
  const [grace, factor, slow] = await changed(database, "UPDATE naps SET seconds = 0.2", checks);
  assert.deepEqual([grace, factor], [undefined, undefined]);
  const row = slow as Record<string, string>;
  assert.deepEqual(Object.keys(row), ["ms before", "ms after", "ms allowed"]);
  assert.ok(Number(row["ms after"]) >= 200 && Number(row["ms allowed"]) < 200);
  assert.equal(Number(row["ms allowed"]).toFixed(2), (Number(row["ms before"]) * 2 + 20).toFixed(2));
});
