import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import {
  loadParser,
  parsePiece,
  readsStandardInput,
} from "../../../../engine/postgres/script/parsed-statement.ts";
import type { ScriptPiece } from "../../../../engine/postgres/script/script-piece.ts";
import { StatementSplitter } from "../../../../engine/postgres/script/statement-splitter.ts";

const corpus = join(import.meta.dirname, "../../../../../shared/corpus/langfuse/migrations");

/** Splits a text that comes in portions of so many lines. */
function split(text: string, linesAtOnce = Infinity, longLength = Infinity): ScriptPiece[] {
  const splitter = new StatementSplitter(readsStandardInput, { longLength });
  const lines = text.split(/(?<=\n)/);
  const pieces: ScriptPiece[] = [];
  for (let at = 0; at < lines.length; at += linesAtOnce)
    pieces.push(...splitter.push({ text: lines.slice(at, at + linesAtOnce).join(""), line: at + 1 }));
  return [...pieces, ...splitter.finish()];
}

function statementsOf(pieces: ScriptPiece[]): string[] {
  return pieces.flatMap(({ text, statements }) =>
    statements.map(({ start, end }) => text.slice(start, end).trimEnd()),
  );
}

describe("StatementSplitter", () => {
  before(loadParser);

  const statement = fc.constantFrom(
    "SELECT 1",
    "SELECT 'a;b'",
    "SELECT 'it''s; \\'",
    "SELECT E'it\\'s; \\\\'",
    "SELECT e'\\\n;'",
    "SELECT U&'\\0041;', B'01', X'1F'",
    'SELECT 1 AS "a;""b"',
    "SELECT $$;$$, $a$;$$;$a$, $_é$;$_é$",
    "SELECT a$b$ FROM x$y",
    "SELECT /* ; /* ; */ ' */ 1",
    "SELECT 1 -- ; '\n + 1",
    "SELECT -1 - -2 / 3 * 4",
    "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 ELSE 2 END; END",
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO a VALUES (1); END",
    'CREATE TABLE begin ("case" int)',
    "DO $$ BEGIN PERFORM 1; END; $$",
    "INSERT INTO \u00e9t\u00e9 VALUES ('\u{1F418};')",
  );
  const between = fc.constantFrom(
    ";",
    " ; ",
    ";\n",
    ";\r\n",
    "; -- done;\n",
    "; /* ; */ ",
    ";;\n",
    ";\n\n\t\f\v",
  );

  test("cuts where PostgreSQL's own parser does, in whatever portions the script comes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(statement, between), { maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (parts, linesAtOnce) => {
          const text = parts.flat().join("");
          const pieces = split(text, linesAtOnce);
          assert.deepEqual(
            statementsOf(pieces),
            parts.map(([one]) => one),
          );
          assert.deepEqual(statementsOf(split(text)), statementsOf(pieces));
          for (const piece of pieces) assert.equal(parsePiece(piece).problem, undefined);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("tells the line of each piece", () => {
    const pieces = split("SELECT 1;\nSELECT '\n';\n\n  SELECT 3;", 1);
    assert.deepEqual(
      pieces.map(({ line, prefix, text }) => ({ line, prefix, text })),
      [
        { line: 1, prefix: "", text: "SELECT 1;\n" },
        { line: 2, prefix: "", text: "SELECT '\n';\n" },
        { line: 5, prefix: "", text: "  SELECT 3;" },
      ],
    );
  });

  test("takes the lines after COPY ... FROM stdin for data, up to the one that ends them", () => {
    const data = "1\t;'\n\\N\t\\.x\n$$\t--\n";
    for (const linesAtOnce of [1, 2, Infinity]) {
      const pieces = split(`SELECT 1; COPY a FROM stdin; -- why\n${data}\\.\nSELECT 2;`, linesAtOnce);
      const copied = pieces.filter(({ kind }) => kind === "data").map(({ text }) => text);
      assert.equal(copied.join(""), data);
      assert.deepEqual(statementsOf(pieces), ["SELECT 1", "COPY a FROM stdin", "SELECT 2"]);
    }
    assert.deepEqual(
      split("COPY a FROM stdin;\n\\.\n").map(({ kind }) => kind),
      ["copy"],
    );
    assert.equal(split("COPY a FROM stdin;\n1\n").at(-1)?.text, "1\n");
    assert.ok(split("COPY a FROM '/x/stdin'; SELECT 1").every(({ kind }) => kind === "statements"));
  });

  test("finds commands of psql, and none in strings", () => {
    const kinds = (text: string): string[] => split(text).map(({ kind }) => kind);
    assert.deepEqual(kinds("SELECT '\\d';"), ["statements"]);
    assert.deepEqual(kinds("\\restrict x\nSELECT 1;\n\\unrestrict x\n"), [
      "command",
      "statements",
      "command",
    ]);
    assert.deepEqual(kinds("SELECT 1 \\g\n"), ["interruption"]);
  });

  test("cuts 434 real migrations as the parser does", { skip: corpusMissing() }, () => {
    for (const name of readdirSync(corpus).filter((entry) => !entry.endsWith(".toml"))) {
      const text = readFileSync(join(corpus, name, "migration.sql"), "utf8");
      for (const piece of split(text, 3)) assert.equal(parsePiece(piece).problem, undefined, name);
    }
  });

  test("a long statement comes in portions that do not depend on how the script was read", () => {
    const long = `INSERT INTO a VALUES\n${"(1, 'a;\n''b'),\n".repeat(200)}(2, $$;\n$$)`;
    const script = `SELECT 1;\n-- before\n${long} ;\nDELETE FROM a;\n${long}\n`;
    for (const linesAtOnce of [1, 2, 7, Infinity]) {
      const pieces = split(script, linesAtOnce, 1000);
      const whole = pieces.reduce<string[]>((statements, { kind, text, statements: spans }) => {
        if (kind === "rest") return [...statements.slice(0, -1), (statements.at(-1) ?? "") + text];
        return [...statements, ...spans.map(({ start, end }) => text.slice(start, end))];
      }, []);
      assert.deepEqual(
        whole.map((statement) => statement.trim()),
        ["SELECT 1", long, "DELETE FROM a", long],
      );
      assert.equal(pieces.filter(({ kind }) => kind === "long").length, 2);
    }
  });

  test("the work for a statement grows with its length, whether it comes in portions or not", () => {
    for (const [statement, longLength] of [
      ["INSERT INTO a VALUES\n", 10_000],
      ["INSERT INTO a VALUES\n", Infinity],
      ["DO $$\n", 10_000],
    ] as const) {
      const splitter = new StatementSplitter(readsStandardInput, { longLength });
      splitter.push({ text: statement, line: 1 });
      const lines = "(1, 2),\n".repeat(100);
      const portions = 2_000;
      for (let portion = 0; portion < portions; portion++) {
        const pieces = splitter.push({ text: lines, line: 2 + portion * 100 });
        if (statement.startsWith("INSERT") && longLength < Infinity)
          assert.ok(pieces.every(({ text }) => text.length < 12_000));
      }
      splitter.finish();
      assert.ok(splitter.joined <= 2 * portions * lines.length);
    }
  });
});

function corpusMissing(): string | false {
  try {
    readdirSync(corpus);
    return false;
  } catch {
    return "the migrations of Langfuse are not beside the checkout; see CONTRIBUTING.md";
  }
}
