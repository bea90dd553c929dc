import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readScript, type Script } from "../../../../engine/postgres/script.ts";
import { sourceOf } from "../../../../engine/postgres/script-lines.ts";
import { positionInPiece, withoutStatements } from "../../../../engine/postgres/script-piece.ts";

async function read(text: string, transaction = true): Promise<Script> {
  return readScript(sourceOf(text), { transaction });
}

/** The text that is sent, in one piece. */
function sentBy({ kept = [], leftOut }: Script): string {
  let index = 0;
  return kept
    .map((piece) => {
      const first = index;
      index += piece.statements.length;
      return withoutStatements(piece, (number) => leftOut.has(first + number));
    })
    .join("");
}

async function problemsOf(text: string): Promise<string[]> {
  const { problems } = await read(text);
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
  test("leaves BEGIN and COMMIT out, and every other character in its place", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(blanks, block), { maxLength: 3 }), blanks, async (blocks, tail) => {
        const source = blocks.map(([before, one]) => before + one).join("") + tail;
        const script = await read(source);
        assert.deepEqual(script.problems, []);
        const sent = sentBy(script);
        const [before, after] = [Array.from(source), Array.from(sent)];
        for (const [at, character] of after.entries())
          if (character !== before[at]) assert.equal(character, " ");
        const again = await read(sent);
        assert.equal(again.opening, "BEGIN");
        assert.equal(again.leftOut.size, 0);
        assert.equal(again.statements, script.statements - script.leftOut.size);
      }),
    );
  });

  test("gives each statement the position of its first word", async () => {
    const script = await read("-- é\n/* a /* b */ */ SELECT 1;\r\n\n\tCREATE TABLE é (); ; DROP TABLE é");
    const positions = script.kept?.flatMap((piece) =>
      piece.statements.map(({ start }) => positionInPiece(piece, start)),
    );
    assert.deepEqual(positions, [
      { line: 2, column: 17 },
      { line: 4, column: 2 },
      { line: 4, column: 23 },
    ]);
  });

  test("finds BEGIN behind nested comments and leaves the bodies of functions alone", async () => {
    const body = "DO $$ BEGIN COMMIT; END $$";
    const script = await read(`/* BEGIN; /* x */ */ -- BEGIN\nBEGIN;\n${body};\nCOMMIT;`);
    assert.deepEqual(script.problems, []);
    assert.equal(script.opening, "BEGIN");
    assert.equal(sentBy(script), `/* BEGIN; /* x */ */ -- BEGIN\n     ;\n${body};\n      ;`);
  });

  test("keeps the isolation level that a script asks for at its beginning", async () => {
    const begin = await read(
      "BEGIN ISOLATION LEVEL SERIALIZABLE -- why\n; SET TRANSACTION DEFERRABLE; SELECT 1; COMMIT;",
    );
    assert.equal(begin.opening, "BEGIN ISOLATION LEVEL SERIALIZABLE -- why\n; SET TRANSACTION DEFERRABLE");
    assert.equal(begin.statements - begin.leftOut.size, 1);
    const plain = await read("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1;");
    assert.equal(plain.opening, "BEGIN\n; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    assert.deepEqual(plain.problems, []);
  });

  for (const [script, problem] of [
    ["BEGIN; SELECT 1;", /^1:1 BEGIN has no COMMIT/],
    ["SELECT 1;\nCOMMIT;", /^2:1 COMMIT has no BEGIN/],
    ["BEGIN; BEGIN; COMMIT;", /^1:8 BEGIN stands inside a transaction/],
    ["BEGIN; ROLLBACK;", /^1:8 A migration is one transaction/],
    ["BEGIN; COMMIT AND CHAIN; COMMIT;", /^1:8 A migration is one transaction/],
    ["BEGIN; PREPARE TRANSACTION 'x';", /^1:8 A migration is one transaction/],
    ["SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT;", /^1:11 A migration is one transaction/],
    ["CREATE INDEX CONCURRENTLY ON a (b);", /^1:1 An index that is built CONCURRENTLY needs a name/],
    [
      "BEGIN; VACUUM; COMMIT;",
      /^1:8 VACUUM cannot run in a transaction, and stands between BEGIN and COMMIT/,
    ],
    ["SELECT 1;\n\\d é", /^2:1 \\d is a command of psql, not SQL: take it out/],
    ["\\copy a FROM 'x'", /^1:1 \\copy is a command of psql.*COPY \.\.\. FROM stdin/],
    ["SELECT 1 \\gexec\n", /^1:10 \\gexec is a command of psql.*DO block/],
    ["SELECT\n\\echo x\n1;", /^2:1 \\echo is a command of psql/],
    ["COPY a TO stdout;", /^1:1 COPY \.\.\. TO stdout/],
    [
      "BEGIN;\nSET LOCAL search_path = a; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;",
      /^2:1 This holds up to the COMMIT after it/,
    ],
    ["DISCARD ALL;", /^1:1 DISCARD ALL would end the run/],
    ["SELECT pg_advisory_unlock_all();", /^1:1 pg_advisory_unlock_all/],
    ["SELECT 1;\nSET standard_conforming_strings = off;", /^2:1 With standard_conforming_strings off/],
    ["SET client_encoding TO 'latin1';", /^1:1 Scripts are read as UTF-8/],
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
      const { segments, statements, problems } = await read(script);
      assert.deepEqual({ segments, statements, problems }, { segments: [], statements: 0, problems: [] });
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
      const { segments, problems } = await read(script);
      assert.deepEqual(
        segments.map(({ kind }) => kind),
        [mode === "alone" ? "alone" : "transaction"],
      );
      assert.deepEqual(problems, []);
    });

  test("knows the index that is built, rebuilt or dropped, with its schema", async () => {
    const indexOf = async (text: string) => (await read(text)).segments[0]?.alone?.index;
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
    const { problems } = await read("SELECT 1;\n  SELEC 2;\n");
    assert.equal(problems[0]?.excerpt, "2 |   SELEC 2;\n      ^");
  });

  for (const [script, segments] of [
    ["CREATE TABLE a (); VACUUM a; SELECT 1; SELECT 2", ["transaction 0-1", "alone 1-2", "transaction 2-4"]],
    [
      "BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON a (b); DROP INDEX CONCURRENTLY j",
      ["transaction 1-2", "alone 3-4", "alone 4-5"],
    ],
    [
      "ALTER TYPE e ADD VALUE 'x'; SELECT 1; INSERT INTO a VALUES ('x')",
      ["transaction 0-2", "transaction 2-3"],
    ],
    ["ALTER TYPE e ADD VALUE 'x'; ALTER TYPE e ADD VALUE 'y'; SELECT 1", ["transaction 0-3"]],
    ["CREATE TYPE e AS ENUM (); ALTER TYPE e ADD VALUE 'x'; SELECT 'x'", ["transaction 0-3"]],
    ["ALTER TYPE e RENAME VALUE 'x' TO 'y'; SELECT 'y'", ["transaction 0-2"]],
    [
      "ALTER TYPE e ADD VALUE 'it''s'; DO $$ BEGIN PERFORM 'it''s'::e; END $$",
      ["transaction 0-1", "transaction 1-2"],
    ],
    ["SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a", ["transaction 0-4"]],
  ] as const)
    test(`cuts ${JSON.stringify(script)} into segments`, async () => {
      const found = await read(script);
      assert.deepEqual(found.problems, []);
      assert.deepEqual(
        found.segments.map(({ kind, from, to }) => `${kind} ${from}-${to}`),
        segments,
      );
    });

  test("replays what is set for the rest of a script, and not what was rolled back or local", async () => {
    const { settings, problems } = await read(
      `SET a.b = 1; SAVEPOINT s; SET a.c = 1; ROLLBACK TO s; SELECT set_config('a.d', 'x', true);
       SELECT set_config('a.e', 'x', false); SET LOCAL a.f = 1; VACUUM`,
    );
    assert.deepEqual([...settings], [0, 5]);
    assert.deepEqual(problems, []);
  });

  test("makes each statement a segment where the format says that none may run in a transaction", async () => {
    const { segments } = await read("SELECT 1; CALL p(); DO $$ BEGIN END $$; VACUUM", false);
    assert.deepEqual(
      segments.map(({ kind }) => kind),
      ["transaction", "alone", "alone", "alone"],
    );
  });
});

describe("a script whose plain statements are not parsed", () => {
  const known = fc.constantFrom(
    "BEGIN",
    "COMMIT",
    "SET search_path = 'é'",
    "CREATE TABLE a (b int) -- c",
    "ALTER TYPE mood ADD VALUE 'calm'",
    "COMMENT ON TABLE a IS 'calm'",
    "INSERT INTO a VALUES ('calm;')",
    "insert into a values (1) -- ;",
    "/* é */ DELETE FROM a",
    "UPDATE a SET b = 1",
    "CREATE INDEX CONCURRENTLY i ON a (b)",
    "SELECT 'é'",
    "CREATE UNIQUE INDEX i ON a (b)",
    "CREATE TABLE c AS SELECT set_config('a.b', 'c', false)",
    "ALTER TABLE a ADD c mood DEFAULT 'calm'",
    "alter\n table a RENAME TO b",
    "ALTER TABLE a SET SCHEMA s",
    "ALTER TABLE ALL IN TABLESPACE t SET TABLESPACE u",
    "ALTER TABLE p DETACH PARTITION q CONCURRENTLY",
    "DROP TABLE a CASCADE",
    "DROP INDEX i",
    "DROP INDEX CONCURRENTLY i",
    "DROP /* é */ TABLE a",
  );

  test("is run as it would be run if they were", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(known, { maxLength: 16 }), async (statements) => {
        const source = sourceOf(statements.join("\n;\n"));
        assert.deepEqual(await readScript(source, { parsesPlain: false }), await readScript(source));
      }),
    );
  });

  test("has the errors of all others, in their place", async () => {
    const text = "INSERT INTO a VALUES (1);\nDELETE FROM a;\nCREATE TABLE b ();\n  CREATE TABEL c ();";
    const others = await readScript(sourceOf(text), { parsesPlain: false });
    assert.deepEqual(
      others.problems.map(({ position }) => position),
      [{ line: 4, column: 10 }],
    );
    const plain = await readScript(sourceOf("CREATE TABLE a ();\nINSERT INTO INTO a;"), {
      parsesPlain: false,
    });
    assert.deepEqual(plain.problems, []);
  });
});
