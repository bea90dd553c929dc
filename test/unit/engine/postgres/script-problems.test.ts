import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { read } from "./script-of-text.ts";

async function problemsOf(text: string): Promise<string[]> {
  const { problems } = await read(text);
  return problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`);
}

describe("readScript", () => {
  for (const [script, problem] of [
    ["BEGIN; SELECT 1;", /^1:1 BEGIN has no COMMIT/],
    ["SELECT 1;\nCOMMIT;", /^2:1 COMMIT has no BEGIN/],
    ["BEGIN; BEGIN; COMMIT;", /^1:8 BEGIN is inside a transaction/],
    ["BEGIN; ROLLBACK;", /^1:8 A migration is one transaction/],
    ["BEGIN; COMMIT AND CHAIN; COMMIT;", /^1:8 A migration is one transaction/],
    ["BEGIN; PREPARE TRANSACTION 'x';", /^1:8 A migration is one transaction/],
    ["SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT;", /^1:11 A migration is one transaction/],
    ["CREATE INDEX CONCURRENTLY ON a (b);", /^1:1 An index that is built CONCURRENTLY needs a name/],
    ["BEGIN; VACUUM; COMMIT;", /^1:8 VACUUM cannot run in a transaction, but is between BEGIN and COMMIT/],
    ["SELECT 1;\n\\d é", /^2:1 \\d is a command of psql, not SQL: remove it/],
    ["\\copy a FROM 'x'", /^1:1 \\copy is a command of psql.*COPY \.\.\. FROM stdin/],
    ["SELECT 1 \\gexec\n", /^1:10 \\gexec is a command of psql.*DO block/],
    ["SELECT\n\\echo x\n1;", /^2:1 \\echo is a command of psql/],
    ["COPY a TO stdout;", /^1:1 COPY \.\.\. TO stdout/],
    [
      "BEGIN;\nSET LOCAL search_path = a; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;",
      /^2:1 This setting lasts until its COMMIT in the script, but would last longer here/,
    ],
    ["DISCARD ALL;", /^1:1 DISCARD ALL would end the run/],
    ["SELECT pg_advisory_unlock_all();", /^1:1 pg_advisory_unlock_all/],
    ["SELECT 1;\nSET standard_conforming_strings = off;", /^2:1 With standard_conforming_strings off/],
    ["SET client_encoding TO 'latin1';", /^1:1 Scripts are read as UTF-8/],
    ["SELECT 'é', é é é", /^1:17 syntax error at or near "é" \(SQLSTATE 42601\)/],
    ["SELECT 'open", /^1:8 unterminated quoted string/],
    [
      "SELECT 1;\nCREATE TABLE {{ .Schema }}.a (b int);",
      /^2:14 syntax error.*placeholder of a template.*`command`/,
    ],
    ["{{if .Owner}}\nSELECT 1;\n{{end}}", /^1:1 syntax error.*placeholder of a template/],
    ["CREATE TABLE ${schema}.a (b int);", /^1:14 syntax error.*placeholder of a template/],
    ["GRANT SELECT ON a TO #{role};", /^1:22 syntax error.*placeholder of a template/],
    ["{% if x %} SELECT 1; {% endif %}", /^1:1 syntax error.*placeholder of a template/],
    ["GRANT SELECT ON a TO :role;", /^1:22 syntax error.*variable of psql/],
    [`ALTER ROLE a PASSWORD :'password';`, /^1:23 syntax error.*variable of psql/],
    [
      "SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======",
      /^2:1 syntax error.*The file has a merge conflict\. Resolve it/,
    ],
    ["GRANT SELECT ON <%= table %> TO a;", /^1:17 syntax error.*placeholder of a template/],
    ["SELECT '{{', ':a', b::text c d;", /^1:30 syntax error at or near "d" \(SQLSTATE 42601\)\.$/],
    ["CREATE TABLE a (", /^1:17 syntax error at end of input/],
  ] as const)
    test(`refuses ${JSON.stringify(script)} and says where and why`, async () => {
      const problems = await problemsOf(script);
      assert.match(problems[0] ?? "", problem);
    });

  test("refuses what is nested too deeply for the parser, and reads the next script all the same", async () => {
    for (const script of [`SELECT 1${"+1".repeat(100_000)}`, `SELECT ${"(".repeat(100_000)}`])
      assert.match((await problemsOf(script))[0] ?? "", /nested too deeply|memory exhausted/);
    assert.deepEqual(await problemsOf("SELECT 1"), []);
  });

  test("takes what looks like a placeholder, a variable or a conflict where it is SQL", async () => {
    const script = "SELECT '{{name}}', a::text, b[1:2], $$<<<<<<< HEAD$$, ':x' FROM c;\nSELECT d[:e];";
    assert.deepEqual(await problemsOf(script), []);
  });

  test("shows the line of a problem with a caret beneath it", async () => {
    const { problems } = await read("SELECT 1;\n  SELEC 2;\n");
    assert.equal(problems[0]?.excerpt, "2 |   SELEC 2;\n      ^");
  });
});
