import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  type Check,
  type Database,
  indexExists,
  returnsNoRows,
  sequencesAhead,
} from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

const schema = `
CREATE TABLE watched (id int PRIMARY KEY, n int);
CREATE TABLE other (id int PRIMARY KEY);
CREATE TABLE child (id int REFERENCES watched ON DELETE CASCADE);
CREATE TABLE parted (at int) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE VIEW seen AS SELECT * FROM watched;
CREATE FUNCTION negatives() RETURNS SETOF int LANGUAGE sql AS 'SELECT n FROM watched WHERE n < 0';
CREATE VIEW called AS SELECT * FROM negatives() AS n;
CREATE FUNCTION spill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN UPDATE watched SET n = n; RETURN NULL; END';
CREATE TABLE triggering (id int);
CREATE TRIGGER spill AFTER INSERT ON triggering EXECUTE FUNCTION spill();
INSERT INTO watched VALUES (1, 1)`;

const checks: Check[] = [
  returnsNoRows("watched", "SELECT n FROM watched WHERE n < 0"),
  returnsNoRows("by a view", "SELECT n FROM seen WHERE n < 0"),
  returnsNoRows("by a function", "SELECT * FROM negatives()"),
  returnsNoRows("by a function in a view", "SELECT * FROM called WHERE n < 0"),
  returnsNoRows("children", "SELECT id FROM child WHERE id < 0"),
  returnsNoRows("parted", "SELECT at FROM parted WHERE at > 7"),
  indexExists("other_pkey"),
];
const byFunctions = ["by a function", "by a function in a view"];

/** Names of the checks whose queries were sent. */
function noteEvaluated(t: TestContext, database: Database): string[] {
  const names: string[] = [];
  const query = database.query.bind(database);
  const bySql = new Map(checks.map((check) => ["sql" in check ? check.sql : "other_pkey", check.name]));
  t.mock.method(database, "query", (sql: string, values?: unknown[]) => {
    if (sql.startsWith("WITH violations AS"))
      names.push(...[...bySql].filter(([part]) => sql.includes(part)).map(([, name]) => name));
    return query(sql, values);
  });
  return names;
}

for (const [what, sql, affected] of [
  ["an UPDATE", "UPDATE watched SET n = 2", ["watched", "by a view", ...byFunctions]],
  ["another table", "INSERT INTO other VALUES (1)", byFunctions],
  ["a trigger", "INSERT INTO triggering VALUES (1)", ["watched", "by a view", ...byFunctions]],
  ["a cascade", "DELETE FROM watched", ["watched", "by a view", ...byFunctions, "children"]],
  ["a partition", "INSERT INTO parted_1 VALUES (1)", [...byFunctions, "parted"]],
  [
    "a new partition",
    "CREATE TABLE p PARTITION OF parted FOR VALUES FROM (10) TO (20)",
    [...byFunctions, "parted", "index other_pkey exists"],
  ],
  ["dynamic SQL", "DO $$ BEGIN EXECUTE 'UPDATE watched SET n = 2'; END $$", checks.map(({ name }) => name)],
  ["a definition", "ALTER TABLE other ADD n int", [...byFunctions, "index other_pkey exists"]],
  [
    "a function",
    "CREATE OR REPLACE FUNCTION negatives() RETURNS SETOF int LANGUAGE sql AS 'SELECT 1 WHERE false'",
    checks.map(({ name }) => name),
  ],
  ["nothing", "SELECT 1", []],
] as const)
  test(`only what can be affected is evaluated after a migration: ${what}`, async (t) => {
    const { database } = await openTarget(t);
    const base = { "0_schema": schema };
    await run(database, await createFolder(t, base));
    const folder = await createFolder(t, { ...base, "1_change": sql, "2_last": "" });
    const evaluated = noteEvaluated(t, database);
    const { failed } = await run(database, folder, { checks });
    assert.equal(failed, undefined);
    const all = checks.map(({ name }) => name);
    assert.deepEqual(evaluated, [...all, ...affected, ...all]);
  });

test("the migration that breaks a check is named, be it by way of a trigger", async (t) => {
  const { database } = await openTarget(t);
  const base = { "0_schema": schema };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, {
    ...base,
    "1_function":
      schema
        .split("\n")
        .find((line) => line.includes("spill()"))
        ?.replace("CREATE", "CREATE OR REPLACE")
        .replace("n = n", "n = -1") ?? "",
    "2_innocent": "INSERT INTO other VALUES (1)",
    "3_culprit": "INSERT INTO triggering VALUES (1)",
    "4_last": "",
  });
  const { applied, failed } = await run(database, folder, { checks });
  assert.deepEqual(
    [applied.map(({ name }) => name), failed?.name],
    [["1_function", "2_innocent"], "3_culprit"],
  );
});

test("a check on what there is that looks at rows too is evaluated when these change", async (t) => {
  const { database } = await openTarget(t);
  const base = { "0_a": "CREATE TABLE a (id serial PRIMARY KEY)" };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, { ...base, "1_ids": "INSERT INTO a VALUES (100)", "2_last": "" });
  const { failed } = await run(database, folder, { checks: [sequencesAhead()] });
  assert.equal(failed?.name, "1_ids");
});

/** Each breaks a check by its second migration, after its first has changed what the check reads; the third is innocent. */
const moves: Record<string, { before?: string; check?: Check; first: string; second: string }> = {
  "a table that is made anew": {
    first: "DROP TABLE a; CREATE TABLE a (b int)",
    second: "INSERT INTO a VALUES (-1)",
  },
  "two tables that change names": {
    before: "CREATE TABLE a_new (b int)",
    first: "ALTER TABLE a RENAME TO a_old; ALTER TABLE a_new RENAME TO a",
    second: "INSERT INTO a VALUES (-1)",
  },
  "a table that inherits": {
    first: "CREATE TABLE child () INHERITS (a)",
    second: "INSERT INTO child VALUES (-1)",
  },
  "a view that reads another table": {
    before: "CREATE TABLE c (b int); CREATE VIEW v AS SELECT b FROM a",
    check: returnsNoRows("view", "SELECT b FROM v WHERE b < 0"),
    first: "CREATE OR REPLACE VIEW v AS SELECT b FROM a UNION ALL SELECT b FROM c",
    second: "INSERT INTO c VALUES (-1)",
  },
  "a function in functional notation": {
    before:
      "CREATE TABLE c (b int); CREATE FUNCTION total(a) RETURNS bigint STABLE LANGUAGE sql AS 'SELECT min(b) FROM c'",
    check: returnsNoRows("total", "SELECT 1 FROM a WHERE a.total < 0"),
    first: "INSERT INTO a VALUES (1)",
    second: "INSERT INTO c VALUES (-1)",
  },
  "an operator of one's own": {
    before: `CREATE TABLE c (b int); INSERT INTO a VALUES (1);
      CREATE FUNCTION below(int, int) RETURNS bool STABLE LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM c WHERE b < $2); END';
      CREATE OPERATOR <<< (FUNCTION = below, LEFTARG = int, RIGHTARG = int)`,
    check: returnsNoRows("operator", "SELECT b FROM a WHERE b <<< 0"),
    first: "CREATE TABLE x ()",
    second: "INSERT INTO c VALUES (-1)",
  },
  "a catalog": {
    check: returnsNoRows("no password column", "SELECT attname FROM pg_attribute WHERE attname = 'password'"),
    first: "INSERT INTO a VALUES (1)",
    second: "ALTER TABLE a ADD password text",
  },
  "the absence of a table": {
    before: "CREATE TABLE there ()",
    check: returnsNoRows("there", "SELECT 1 AS x WHERE to_regclass('there') IS NULL"),
    first: "INSERT INTO a VALUES (1)",
    second: "DROP TABLE there",
  },
  "a function that is called for its own sake": {
    before: `CREATE FUNCTION bound() RETURNS int STABLE LANGUAGE sql AS 'SELECT 0';
      CREATE FUNCTION raise_bound() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        EXECUTE 'CREATE OR REPLACE FUNCTION bound() RETURNS int STABLE LANGUAGE sql AS ''SELECT 5'''; END $$;
      INSERT INTO a VALUES (1)`,
    check: returnsNoRows("below the bound", "SELECT b FROM a WHERE b < bound()"),
    first: "CREATE TABLE x ()",
    second: "SELECT raise_bound()",
  },
  "an evaluation that fails": {
    check: returnsNoRows("fails", "SELECT b FROM a WHERE 1 / b < 0"),
    first: "INSERT INTO a VALUES (1)",
    second: "INSERT INTO a VALUES (0)",
  },
};

for (const [what, { before = "", check, first, second }] of Object.entries(moves))
  test(`the migration that breaks a check is stopped, not a later one: ${what}`, async (t) => {
    const { database } = await openTarget(t);
    const base = { "0_a": `CREATE TABLE a (b int); ${before}` };
    await run(database, await createFolder(t, base));
    const folder = await createFolder(t, { ...base, "1_first": first, "2_second": second, "3_last": "" });
    const { failed } = await run(database, folder, {
      checks: [check ?? returnsNoRows("negatives", "SELECT b FROM a WHERE b < 0")],
    });
    assert.equal(failed?.name, "2_second");
  });

test("what one check sets does not hold for the next", async (t) => {
  const { database } = await openTarget(t);
  const base = {
    "0_a": `CREATE TABLE a (b int); CREATE SCHEMA s; CREATE TABLE s.a (b int);
      CREATE FUNCTION leak() RETURNS int LANGUAGE sql AS $$ SELECT set_config('search_path', 's', true); SELECT 1 $$`,
  };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, { ...base, "1_bad": "INSERT INTO a VALUES (-1)" });
  const { failed } = await run(database, folder, {
    checks: [
      returnsNoRows("leaks", "SELECT 1 WHERE leak() = 2"),
      returnsNoRows("negatives", "SELECT b FROM a WHERE b < 0"),
    ],
  });
  assert.deepEqual(
    failed?.violated.map(({ check, rows }) => [check, rows]),
    [["negatives", [{ b: "-1" }]]],
  );
});

test("a check that waits for a lock gives way with its migration, which is tried again", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 100 } });
  const base = { "0_a": "CREATE TABLE a (b int)" };
  await run(database, await createFolder(t, base));
  const holder = await openSession(t, connection);
  const events: string[] = [];
  const { applied, failed } = await run(
    database,
    await createFolder(t, { ...base, "1_x": "CREATE TABLE x (); SELECT pg_sleep(0.3)" }),
    {
      checks: [returnsNoRows("negatives", "SELECT b FROM a WHERE b < 0")],
      onProgress: ({ event }) => {
        events.push(event);
        if (event === "started") void holder.execute("BEGIN; LOCK TABLE a").catch(() => undefined);
        if (event === "retrying") void holder.execute("COMMIT").catch(() => undefined);
      },
    },
  );
  assert.deepEqual([applied.length, failed], [1, undefined]);
  assert.ok(events.includes("retrying"));
});
