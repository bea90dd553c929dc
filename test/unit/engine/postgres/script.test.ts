import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readScript } from "../../../../engine/postgres/script.ts";

async function problemsOf(text: string): Promise<string[]> {
  const { problems } = await readScript(text);
  return problems.map(({ position, message }) => `${position.line}:${position.column} ${message}`);
}

const insignificant = fc.constantFrom(
  " ",
  "\n",
  "\r\n",
  "\t",
  ";",
  "-- é; BEGIN 🐘\n",
  "/* COMMIT; /* nested ' */ é */",
  "-- mac\r",
);
const statement = fc.constantFrom(
  "SELECT 'é; COMMIT;'",
  "DO $$ BEGIN PERFORM 1; END $$",
  'CREATE TABLE "🐘 begin" (a int)',
  "SELECT $x$ BEGIN; $x$",
  "UPDATE t SET a = 'it''s'",
);
const control = fc.constantFrom<[string, string]>(
  ["BEGIN", "COMMIT"],
  ["begin /* é */ work", "END"],
  ["START TRANSACTION", "COMMIT -- é\n"],
);
const blanks = fc.array(insignificant, { maxLength: 4 }).map((parts) => parts.join(""));
const block = fc
  .tuple(control, fc.array(fc.tuple(blanks, statement), { maxLength: 3 }), blanks)
  .map(
    ([[begin, end], body, last]) =>
      `${begin};${body.map(([before, one]) => `${before}${one};`).join("")}${last}${end};`,
  );

describe("readScript", () => {
  test("blanks BEGIN and COMMIT out and leaves every other character in its place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(blanks, block), { maxLength: 3 }), blanks, async (blocks, tail) => {
        const source = blocks.map(([before, one]) => before + one).join("") + tail;
        const script = await readScript(source);
        assert.deepEqual(script.problems, []);
        const [before, after] = [Array.from(source), Array.from(script.text)];
        assert.equal(after.length, before.length);
        for (const [at, character] of after.entries())
          if (character !== before[at]) assert.equal(character, " ");
        assert.equal(script.text.replace(/[^\r\n]/gu, ""), source.replace(/[^\r\n]/gu, ""));
        const again = await readScript(script.text);
        assert.deepEqual(again.statements, script.statements);
        assert.equal(again.text, script.text);
        assert.equal(again.opening, "BEGIN");
      }),
    );
  });

  test("gives each statement the position of its first word", async () => {
    const { statements } = await readScript(
      "-- é\n/* a /* b */ */ SELECT 1;\r\n\n\tCREATE TABLE é (); ; DROP TABLE é",
    );
    assert.deepEqual(statements, [
      { position: { line: 2, column: 17 } },
      { position: { line: 4, column: 2 } },
      { position: { line: 4, column: 23 } },
    ]);
  });

  test("finds BEGIN behind nested comments and leaves the bodies of functions alone", async () => {
    const body = "DO $$ BEGIN COMMIT; END $$";
    const { text, opening, problems } = await readScript(
      `/* BEGIN; /* x */ */ -- BEGIN\nBEGIN;\n${body};\nCOMMIT;`,
    );
    assert.deepEqual(problems, []);
    assert.equal(opening, "BEGIN");
    assert.equal(text, `/* BEGIN; /* x */ */ -- BEGIN\n     ;\n${body};\n      ;`);
  });

  test("keeps the isolation level that a script asks for at its beginning", async () => {
    const begin = await readScript(
      "BEGIN ISOLATION LEVEL SERIALIZABLE -- why\n; SET TRANSACTION DEFERRABLE; SELECT 1; COMMIT;",
    );
    assert.equal(begin.opening, "BEGIN ISOLATION LEVEL SERIALIZABLE -- why\n; SET TRANSACTION DEFERRABLE");
    assert.equal(begin.statements.length, 1);
    const plain = await readScript("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1;");
    assert.equal(plain.opening, "BEGIN\n; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    assert.deepEqual(plain.problems, []);
  });

  for (const [script, problem] of [
    ["BEGIN; SELECT 1;", /^1:1 BEGIN has no COMMIT/],
    ["SELECT 1;\nCOMMIT;", /^2:1 COMMIT has no BEGIN/],
    ["BEGIN; BEGIN; COMMIT;", /^1:8 BEGIN stands inside a transaction/],
    ["BEGIN; ROLLBACK;", /^1:8 A migration is one transaction/],
    ["SAVEPOINT a; RELEASE a;", /^1:1 A migration is one transaction/],
    ["BEGIN; COMMIT AND CHAIN; COMMIT;", /^1:8 A migration is one transaction/],
    ["BEGIN; PREPARE TRANSACTION 'x';", /^1:8 A migration is one transaction/],
    ["SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT;", /^1:11 A migration is one transaction/],
    [
      "CREATE TABLE a ();\nCREATE INDEX CONCURRENTLY i ON a (b);",
      /^2:1 CREATE INDEX CONCURRENTLY i ON a \(b\) cannot run in a transaction: put it into a migration of its own/,
    ],
    ["CREATE INDEX CONCURRENTLY ON a (b);", /^1:1 An index that is built CONCURRENTLY needs a name/],
    ["BEGIN; VACUUM; COMMIT;", /^1:8 VACUUM cannot run in a transaction/],
    ["SELECT 1;\n\\d é", /^2:1 syntax error .*42601.*psql/],
    ["COPY a FROM stdin;\n1\t2\n\\.\n", /^2:1 syntax error .*COPY \.\.\. FROM stdin is not supported/],
    ["COPY a FROM stdin;", /^1:1 COPY \.\.\. FROM stdin is not supported/],
    ["SELECT 'é', é é é", /^1:17 syntax error at or near "é" \(SQLSTATE 42601\)/],
    ["SELECT 'open", /^1:8 unterminated quoted string/],
    ["CREATE TABLE a (", /^1:17 syntax error at end of input/],
  ] as const)
    test(`refuses ${JSON.stringify(script)} and says where and why`, async () => {
      const problems = await problemsOf(script);
      assert.match(problems[0] ?? "", problem);
    });

  for (const script of ["", " \n", "-- nothing\n", "/* nothing */", ";;", "\uFEFF".slice(1)])
    test(`takes ${JSON.stringify(script)} for a script without statements`, async () => {
      const { mode, statements, problems } = await readScript(script);
      assert.deepEqual({ mode, statements, problems }, { mode: "atomic", statements: [], problems: [] });
    });

  for (const [script, mode] of [
    ["CREATE INDEX CONCURRENTLY i ON t (a)", "alone"],
    ["-- why\n/* x */ CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a); -- done\n", "alone"],
    ["DROP INDEX CONCURRENTLY i", "alone"],
    ["REINDEX INDEX CONCURRENTLY i", "alone"],
    ["REINDEX (CONCURRENTLY) TABLE t", "alone"],
    ["REINDEX SCHEMA s", "alone"],
    ["VACUUM (FULL) t", "alone"],
    ["CREATE DATABASE d", "alone"],
    ["DROP DATABASE d", "alone"],
    ["ALTER SYSTEM SET work_mem = '1MB'", "alone"],
    ["CLUSTER", "alone"],
    ["ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "alone"],
    ["ANALYZE t", "atomic"],
    ["CLUSTER t USING i", "atomic"],
    ["REINDEX TABLE t", "atomic"],
    ["REFRESH MATERIALIZED VIEW CONCURRENTLY m", "atomic"],
    ["ALTER TABLE t DETACH PARTITION p", "atomic"],
    ["ALTER TYPE e ADD VALUE 'x'", "atomic"],
    ["CREATE INDEX i ON t (a)", "atomic"],
  ] as const)
    test(`runs ${JSON.stringify(script)} ${mode === "alone" ? "alone" : "in a transaction"}`, async () => {
      const read = await readScript(script);
      assert.equal(read.mode, mode);
      assert.deepEqual(read.problems, []);
    });

  test("knows the index that is built, rebuilt or dropped, with its schema", async () => {
    const indexOf = async (text: string) => (await readScript(text)).alone?.index;
    assert.deepEqual(await indexOf('CREATE INDEX CONCURRENTLY "I""1" ON "A.b".t (a)'), {
      action: "build",
      name: '"A.b"."I""1"',
    });
    assert.deepEqual(await indexOf("CREATE INDEX CONCURRENTLY i ON t (a)"), { action: "build", name: '"i"' });
    assert.deepEqual(await indexOf("DROP INDEX CONCURRENTLY s.i"), { action: "drop", name: '"s"."i"' });
    assert.deepEqual(await indexOf("REINDEX INDEX CONCURRENTLY s.i"), { action: "rebuild", name: '"s"."i"' });
    assert.deepEqual(await indexOf("REINDEX (CONCURRENTLY) TABLE t"), { action: "rebuild", name: '"t"' });
    assert.equal(await indexOf("REINDEX SCHEMA CONCURRENTLY s"), undefined);
    assert.equal(await indexOf("VACUUM"), undefined);
  });

  test("refuses what is nested too deeply for the parser, and reads the next script all the same", async () => {
    for (const script of [`SELECT 1${"+1".repeat(100_000)}`, `SELECT ${"(".repeat(100_000)}`])
      assert.match((await problemsOf(script))[0] ?? "", /nested too deeply|memory exhausted/);
    assert.deepEqual(await problemsOf("SELECT 1"), []);
  });

  test("shows the line of a problem with a caret beneath it", async () => {
    const { problems } = await readScript("SELECT 1;\n  SELEC 2;\n");
    assert.equal(problems[0]?.excerpt, "2 |   SELEC 2;\n      ^");
  });
});
