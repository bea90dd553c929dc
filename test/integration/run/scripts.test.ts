import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { createFolder } from "../../migration-folder.ts";
import { ledgerRows, openTarget, run } from "../target.ts";
import { lacking } from "../../server-version.ts";

test("COPY with data, as pg_dump writes it, works as in psql", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_dump": [
      "\\restrict token",
      "SET statement_timeout = 0;",
      "SET standard_conforming_strings = on;",
      "SELECT pg_catalog.set_config('search_path', '', false);",
      "CREATE TABLE public.a (b int, c text);",
      "COPY public.a (b, c) FROM stdin;",
      "1\tone; -- 'x'",
      "2\t\\N",
      "\\.",
      "",
      "COPY public.a (b, c) FROM stdin WITH (FORMAT csv);",
      '3,"a ""quoted"" é 🐘"',
      "\\.",
      "ALTER TABLE ONLY public.a ADD CONSTRAINT k PRIMARY KEY (b);",
      "\\unrestrict token",
      "",
    ].join("\n"),
  });
  const { failed } = await run(database, folder);
  assert.equal(failed, undefined);
  assert.deepEqual(await database.query("SELECT * FROM a ORDER BY b"), [
    { b: 1, c: "one; -- 'x'" },
    { b: 2, c: null },
    { b: 3, c: 'a "quoted" é 🐘' },
  ]);
});

test("data that do not fit are refused with the server's words and the line of COPY, and nothing is left", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int);\n  COPY a FROM stdin;\n1\nx\n\\.\nSELECT 1;\n",
  });
  const { failed } = await run(database, folder);
  assert.deepEqual([failed?.outcome, failed?.error?.sqlstate], ["rolled-back", "22P02"]);
  assert.deepEqual(failed?.error?.position, { line: 2, column: 3 });
  assert.match(failed.error.where ?? "", /COPY a, line 2/);
  assert.deepEqual(await database.query("SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
});

test("savepoints, temporary tables and bodies of SQL work as in psql", async (t) => {
  const hasBodies = lacking("bodies of SQL", { before: 14 }) === false;
  const body = hasBodies
    ? "BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END"
    : "AS 'SELECT 1; SELECT 2'";
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": `CREATE TABLE a (b int);
      CREATE TEMP TABLE x AS SELECT 5 AS b;
      SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s;
      INSERT INTO a SELECT b FROM x;
      CREATE FUNCTION f() RETURNS int LANGUAGE sql ${body};
      CREATE RULE r AS ON DELETE TO a DO ALSO (SELECT 1; SELECT 2);`,
    "2_b": "CREATE TABLE x (); INSERT INTO a SELECT f()",
  });
  const { failed } = await run(database, folder);
  assert.equal(failed, undefined);
  assert.deepEqual(await database.query("SELECT b FROM a ORDER BY b"), [{ b: 2 }, { b: 5 }]);
});

test("a large script runs in portions, as one transaction", async (t) => {
  const { database } = await openTarget(t);
  const rows = Array.from(
    { length: 40_000 },
    (_, at) => `INSERT INTO a VALUES (${at}, '${"x".repeat(100)};''');\n`,
  );
  const folder = await createFolder(t, {
    "1_large": `CREATE TABLE a (b int PRIMARY KEY, c text);\n${rows.join("")}`,
    "2_bad": `${rows.map((row, at) => row.replace(String(at), String(at + 40_000))).join("")}INSERT INTO a VALUES (7, '');`,
  });
  const { applied, failed } = await run(database, folder);
  assert.equal(applied.length, 1);
  assert.deepEqual(failed?.error?.position, { line: 40_001, column: 1 });
  assert.deepEqual(await database.query("SELECT count(*)::int AS rows FROM a"), [{ rows: 40_000 }]);
});

test("a large script that changes while it is run is not committed, though it is read to its end", async (t) => {
  const { database } = await openTarget(t);
  const inserts = "INSERT INTO a VALUES ('one and the same');\n".repeat(40_000);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b text);", "2_large": inserts });
  const file = folder.migrations[1]?.file ?? "";
  const running = run(database, folder, {
    onProgress: (progress) => {
      if (progress.event === "started" && progress.migration === "2_large")
        writeFileSync(file, inserts.replace(/same'\);\n$/, "SAME');\n"));
    },
  });
  await assert.rejects(running, { code: "SCRIPT_CHANGED", message: /None of it was run/ });
  assert.deepEqual(await database.query("SELECT count(*)::int AS rows FROM a"), [{ rows: 0 }]);
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => row.migration_name),
    ["1_a"],
  );
});
