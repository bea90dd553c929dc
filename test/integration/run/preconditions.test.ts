import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applyRun,
  type Check,
  noDuplicates,
  noOrphans,
  planRun,
  PreconditionError,
  preflight,
  returnsNoRows,
  successReport,
  tableExists,
} from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const noNegatives = returnsNoRows("no negatives", "SELECT b FROM a WHERE b < 0");
const next = { "1_x": "CREATE TABLE x ()", "2_y": "CREATE TABLE y ()" };

async function targetWith(t: Parameters<typeof openTarget>[0], data: string) {
  const target = await openTarget(t);
  const base = { "0_a": `CREATE TABLE a (b int); ${data}` };
  await run(target.database, await createFolder(t, base));
  return { ...target, base, folder: await createFolder(t, { ...base, ...next }) };
}

test("what does not hold on the live data stops a run before it begins", async (t) => {
  const { connection, database, folder } = await targetWith(t, "INSERT INTO a VALUES (-1), (-2), (3), (3)");
  const before = await stateOf(connection);
  const checks: Check[] = [
    noNegatives,
    { ...noDuplicates("a.b"), owner: "see runbook 7" },
    noOrphans("a.b", "y.id"),
    tableExists("y"),
  ];
  for (const attempt of [
    () => run(database, folder, { checks }),
    () => preflight({ connection, folder, checks }),
  ])
    await assert.rejects(attempt(), (error) => {
      assert.ok(error instanceof PreconditionError);
      assert.deepEqual(
        error.violated.map(({ check, violations }) => [check, violations]),
        [
          ["no negatives", 2],
          ["no duplicates in a.b", 1],
        ],
      );
      assert.match(error.message, /^The run did not start because 2 checks failed:/);
      assert.match(error.message, /no duplicates in a\.b: 1 violation \(see runbook 7\)/);
      assert.match(error.message, /Repair the data and run again/);
      return true;
    });
  assert.deepEqual(await stateOf(connection), before);
});

test("where nothing is pending, what holds no more is told and not thrown", async (t) => {
  const { connection, base } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  const { checks } = await preflight({
    connection,
    folder: await createFolder(t, base),
    checks: [noNegatives, { ...noNegatives, name: "only before", when: ["before"] }],
  });
  assert.deepEqual(
    checks.map(({ check, outcome }) => [check, outcome]),
    [["no negatives", "violated"]],
  );
});

test("a check that cannot be evaluated in time stops a run as well, with its own time-out", async (t) => {
  const { database, folder } = await targetWith(t, "INSERT INTO a VALUES (1)");
  const slow: Check = {
    ...returnsNoRows("slow", "SELECT b FROM a WHERE b < 0 OR pg_sleep(5) IS NULL"),
    timeoutMs: 100,
  };
  await assert.rejects(run(database, folder, { checks: [slow, noNegatives] }), (error) => {
    assert.ok(error instanceof PreconditionError);
    assert.deepEqual(
      error.violated.map(({ check, error: cause }) => [check, cause?.sqlstate]),
      [["slow", "57014"]],
    );
    return true;
  });
  assert.deepEqual(await database.query("SHOW statement_timeout"), [{ statement_timeout: "0" }]);
});

test("violations that are accepted stop nobody, and may not become more", async (t) => {
  const { database, base, folder } = await targetWith(t, "INSERT INTO a VALUES (-1), (-2)");
  const accepting: Check = { ...noNegatives, accepts: 3 };
  assert.equal((await run(database, folder, { checks: [accepting] })).failed, undefined);
  const worse = await createFolder(t, {
    ...base,
    ...next,
    "3_worse": "INSERT INTO a VALUES (-3)",
    "4_z": "",
  });
  const { failed } = await run(database, worse, { checks: [accepting] });
  assert.equal(failed?.name, "3_worse");
  assert.deepEqual(
    failed.violated.map(({ check, outcome, violations, rows }) => [check, outcome, violations, rows.length]),
    [["no negatives", "violated", 3, 3]],
  );
  const better = await createFolder(t, { ...base, ...next, "3_better": "DELETE FROM a WHERE b = -1" });
  assert.equal((await run(database, better, { checks: [accepting] })).failed, undefined);
  await assert.rejects(
    run(database, worse, { checks: [{ ...accepting, accepts: 0 }] }),
    /no negatives: 1 violation/,
  );
});

test("what need not hold is told, and stops nothing", async (t) => {
  const { database, base, folder } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  const warned: Check = { ...noNegatives, severity: "warn" };
  const { failed, warnings } = await run(database, folder, { checks: [warned] });
  assert.equal(failed, undefined);
  assert.deepEqual(
    warnings.map(({ check, violations, rows }) => [check, violations, rows]),
    [["no negatives", 1, [{ b: "-1" }]]],
  );
  const repaired = await createFolder(t, { ...base, ...next, "3_r": "UPDATE a SET b = 1" });
  assert.deepEqual((await run(database, repaired, { checks: [warned] })).warnings, []);
});

test("only checks that were evaluated and held are counted", async (t) => {
  const { database, folder } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  const result = await run(database, folder, {
    checks: [
      { ...noNegatives, severity: "warn" },
      returnsNoRows("no evaluation", "SELECT 1 FROM nowhere", { severity: "warn" }),
      returnsNoRows("only before", "SELECT 1 FROM a WHERE false", { when: ["before"] }),
      returnsNoRows("only afterwards", "SELECT 1 FROM a WHERE false", { when: ["after", "standing"] }),
      tableExists("a"),
    ],
  });
  assert.deepEqual([result.failed, result.held], [undefined, ["table a exists"]]);
  assert.match(successReport(result), / applied in \d+ ms; 1 check passed\.$/);
});

test("only the columns that may be seen are shown", async (t) => {
  const { database, folder } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  const query = "SELECT b AS id, 'jane@example.com' AS email FROM a WHERE b < 0";
  for (const [sampleColumns, rows] of [
    [["id"], [{ id: "-1" }]],
    [["ID", "missing"], [{}]],
    [[], [{}]],
  ] as const)
    await assert.rejects(
      run(database, folder, { checks: [{ ...returnsNoRows("personal", query), sampleColumns }] }),
      (error) => {
        assert.ok(error instanceof PreconditionError);
        assert.deepEqual(error.violated[0]?.rows, rows);
        assert.doesNotMatch(error.message, /jane/);
        return true;
      },
    );
});

test("a mistake in a check of before alone stops the run, and what need not hold before is told", async (t) => {
  const { connection, database, folder } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  await database.execute(
    "CREATE FUNCTION f() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT b FROM gone; END'",
  );
  for (const sql of ["SELECT bb FROM a", "SELECT b FROM a WHERE b = 'x'::text", "SELECT * FROM f()"])
    await assert.rejects(
      run(database, folder, { checks: [returnsNoRows("typo", sql, { when: ["before"] })] }),
      { name: "PreconditionError", message: /typo: cannot be evaluated/ },
      sql,
    );
  const warned: Check = { ...noNegatives, when: ["before"], severity: "warn" };
  const { checks } = await preflight({ connection, folder, checks: [warned] });
  assert.deepEqual(
    checks.map(({ check, outcome }) => [check, outcome]),
    [["no negatives", "violated"]],
  );
  const { failed, warnings } = await run(database, folder, { checks: [warned] });
  assert.deepEqual([failed, warnings.length], [undefined, 1]);
});

test("nothing is declared by a run that does not begin", async (t) => {
  const { database } = await openTarget(t);
  await database.execute("CREATE TABLE a (b int); INSERT INTO a VALUES (-1)");
  const folder = await createFolder(t, { "0_a": "CREATE TABLE a (b int)", ...next });
  const plan = await planRun({ database, folder, options: { baseline: "0_a" } });
  await assert.rejects(
    applyRun({ database, folder, steps: plan.steps, planOptions: plan.options, checks: [noNegatives] }),
    {
      name: "PreconditionError",
    },
  );
  assert.deepEqual(await database.query("SELECT to_regclass('_prisma_migrations')::text AS ledger"), [
    { ledger: null },
  ]);
});

test("values are shown as far as they are short, however large they are", async (t) => {
  const { database, folder } = await targetWith(t, "INSERT INTO a VALUES (-1)");
  const large = returnsNoRows("large", "SELECT b, repeat('x', 50000000) AS text FROM a WHERE b < 0");
  await assert.rejects(run(database, folder, { checks: [large] }), (error) => {
    assert.ok(error instanceof PreconditionError);
    assert.equal(error.violated[0]?.rows[0]?.["text"]?.length, 200);
    return true;
  });
});

test("a name that is not there and that no pending migration mentions is a mistake, found in preview", async (t) => {
  const { connection, base } = await targetWith(t, "INSERT INTO a VALUES (1)");
  const folder = await createFolder(t, {
    ...base,
    "1_c": 'ALTER TABLE a ADD "newColumn" int; CREATE TABLE later (d int)',
  });
  const fine = [
    returnsNoRows("column", 'SELECT b FROM a WHERE "newColumn" < 0'),
    returnsNoRows("table", "SELECT d FROM later WHERE d < 0"),
  ];
  await preflight({ connection, folder, checks: fine });
  for (const [sql, missing] of [
    ["SELECT b FROM a WHERE newcolum < 0", "newcolum"],
    ["SELECT b FROM public.aa", "aa"],
    ["SELECT x.b FROM a x WHERE x.bb < 0", "bb"],
  ] as const)
    await assert.rejects(preflight({ connection, folder, checks: [...fine, returnsNoRows("typo", sql)] }), {
      name: "PreconditionError",
      message: new RegExp(`1 check failed[\\s\\S]*typo: cannot be evaluated: .*${missing}.*does not exist`),
    });
});
