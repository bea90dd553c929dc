import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Script } from "../../../../engine/postgres/script/script.ts";
import { positionInPiece, withoutStatements } from "../../../../engine/postgres/script/script-piece.ts";
import { read } from "./script-of-text.ts";

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
        assert.deepEqual(again.opening, ["BEGIN"]);
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
    assert.deepEqual(script.opening, ["BEGIN"]);
    assert.equal(sentBy(script), `/* BEGIN; /* x */ */ -- BEGIN\n     ;\n${body};\n      ;`);
  });

  test("keeps the isolation level that a script asks for at its beginning", async () => {
    const begin = await read(
      "BEGIN ISOLATION LEVEL SERIALIZABLE -- why\n; SET TRANSACTION DEFERRABLE; SELECT 1; COMMIT;",
    );
    assert.deepEqual(begin.opening, [
      "BEGIN ISOLATION LEVEL SERIALIZABLE -- why",
      "SET TRANSACTION DEFERRABLE",
    ]);
    assert.equal(begin.statements - begin.leftOut.size, 1);
    const plain = await read("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1;");
    assert.deepEqual(plain.opening, ["BEGIN", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"]);
    assert.deepEqual(plain.problems, []);
  });
});
