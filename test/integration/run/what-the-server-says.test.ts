import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport, planRun, preflight, type RunProgress } from "../../../engine/index.ts";
import { problemsForServer } from "../../../engine/postgres/activity/accepted-syntax.ts";
import { createFolder } from "../../migration-folder.ts";
import { lacking } from "../../server-version.ts";
import { createRole, openSession, openTarget, run } from "../target.ts";

test("notices and warnings of a script are reported, twenty at most", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "DROP TABLE IF EXISTS nothing; DO $$ BEGIN RAISE WARNING E'two\\nlines'; END $$;",
    "2_b": "DO $$ BEGIN FOR i IN 1..100 LOOP RAISE NOTICE '%', i; END LOOP; END $$;",
    "3_c": "DO $$ BEGIN RAISE NOTICE 'the last'; END $$;",
  });
  const events: RunProgress[] = [];
  const { failed } = await run(database, folder, { onProgress: (event) => events.push(event) });
  assert.equal(failed, undefined);
  const lines = events.flatMap((event) =>
    event.event === "notice" ? [`${event.migration} ${event.severity}: ${event.message}`] : [],
  );
  assert.equal(lines[0], '1_a NOTICE: table "nothing" does not exist, skipping');
  assert.match(lines[1] ?? "", /^1_a WARNING: two/);
  assert.equal(lines.filter((line) => line.startsWith("2_b")).length, 21);
  assert.match(lines[22] ?? "", /^2_b NOTICE: \.\.\. more than 20; no others are shown$/);
  assert.deepEqual(lines.slice(23), ["3_c NOTICE: the last"]);
});

for (const [what, script, words] of [
  ["renamed", "ALTER TABLE _prisma_migrations RENAME TO old", /does not exist/],
  ["dropped", "DROP TABLE _prisma_migrations", /does not exist/],
  ["altered", "ALTER TABLE _prisma_migrations DROP COLUMN checksum", /"checksum"/],
  ["made read-only", "CREATE TABLE b (); SET TRANSACTION READ ONLY", /read-only transaction/],
  ["revoked", "REVOKE ALL ON _prisma_migrations FROM current_user", /permission denied/],
  [
    "put under row security",
    "ALTER TABLE _prisma_migrations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    /row-level security/,
  ],
] as const)
  test(`a ledger that the script has ${what} is named as such`, async (t) => {
    const target = await openTarget(t);
    const role = await createRole(t, target);
    await target.database.execute(`GRANT CREATE ON SCHEMA public TO "${role.user}"`);
    const database = await openSession(t, role);
    const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()", "2_b": script });
    const result = await run(database, folder);
    const { failed } = result;
    assert.ok(failed);
    const report = failureReport({ ...result, failed });
    assert.match(report, words);
    assert.match(
      report,
      /HINT: This is the record of the migration in the ledger, "?public"?\."?_prisma_migrations"?, not a statement of the script/,
    );
    const { steps } = await planRun({ database, folder });
    assert.deepEqual(
      steps.map(({ name }) => name),
      ["2_b"],
    );
  });

test("a statement of the script that a read-only transaction refuses is not taken for the ledger's", async (t) => {
  const { database } = await openTarget(t);
  const script = "CREATE TABLE a (b int); SET TRANSACTION READ ONLY;\nINSERT INTO a VALUES (1);";
  const result = await run(database, await createFolder(t, { "1_a": script }));
  const { failed } = result;
  assert.ok(failed);
  const report = failureReport({ ...result, failed });
  assert.match(report, /read-only transaction.*\n.*migration\.sql:2:1/);
  assert.doesNotMatch(report, /the record of the migration/);
});

test("a statement that only the parser of this package refuses is left to the server", async (t) => {
  const { connection, database } = await openTarget(t);
  const script = "CREATE TABLE a (b int);\nCREATE TABLE c (system_user text);";
  const folder = await createFolder(t, { "1_a": script });
  if (lacking("system_user", { before: 16 }) === false) {
    await assert.rejects(preflight({ connection, folder }), {
      message: /migration\.sql:2:17: syntax error at or near "system_user" \(SQLSTATE 42601\)/,
    });
    return;
  }
  await preflight({ connection, folder });
  const plan = await planRun({ database, folder });
  assert.equal((await run(database, folder, { plan })).failed, undefined);
});

test("whether the server can read a statement is found out without running anything", async (t) => {
  const { database } = await openTarget(t);
  await database.execute("CREATE TABLE a (b int)");
  const problem = (statement: string) => ({
    ...{ position: { line: 1, column: 1 }, excerpt: "" },
    ...{ message: statement, statement },
  });
  const statements = [
    "DROP TABLE a",
    "DROP TABEL a",
    "COMMIT; DROP TABLE a",
    "INSERT INTO a VALUES (1); SELEC",
  ];
  const left = await problemsForServer(database, statements.map(problem));
  assert.deepEqual(
    left.map(({ message }) => message),
    ["DROP TABEL a", "INSERT INTO a VALUES (1); SELEC"],
  );
  assert.deepEqual(await database.query("SELECT count(*)::int AS rows FROM a"), [{ rows: 0 }]);
  const [offline] = await problemsForServer(undefined, [problem("x")]);
  assert.equal(offline?.message, "PostgreSQL 18 cannot read it: x");
});
