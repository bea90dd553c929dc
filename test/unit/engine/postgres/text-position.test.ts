import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { excerpt, positionOfCharacter } from "../../../../engine/postgres/text/text-position.ts";

const text = fc.string({
  unit: fc.constantFrom("a", "é", "漢", "🐘", "\t", "\r", "\n", "\r\n", " "),
  maxLength: 60,
});

test("a place has the line and column of the characters before it", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = before.split("\n");
      assert.deepEqual(positionOfCharacter(before + after, Array.from(before).length), {
        line: lines.length,
        column: Array.from(lines.at(-1) ?? "").length + 1,
      });
    }),
  );
});

test("the caret of an excerpt stands beneath the character it points at", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "é", "漢", "🐘", "\t", " "), maxLength: 400 }),
      fc.string({ unit: "grapheme-ascii", maxLength: 300 }),
      (before, after) => {
        const line = `${before}#${after.replaceAll("#", "")}`;
        const shown = excerpt(`first\n${line}\r\nlast`, { line: 2, column: Array.from(before).length + 1 });
        const [source = "", caret = ""] = shown.split("\n");
        assert.equal(Array.from(source)[caret.indexOf("^")], "#");
        assert.ok(Array.from(source).length <= "2 | ".length + 100);
      },
    ),
  );
});

test("tabs and line ends do not disturb an excerpt", () => {
  assert.equal(excerpt("a\r\n\tSELECT\tx;\r\n", { line: 2, column: 9 }), "2 |  SELECT x;\n            ^");
});

test("a place behind the end of the text has an excerpt too", () => {
  assert.equal(excerpt("SELECT", { line: 1, column: 7 }), "1 | SELECT\n          ^");
});

test("an excerpt shows no password, however the line is cut", () => {
  for (const padding of [0, 20, 60, 120, 200]) {
    const line = `CREATE ROLE app PASSWORD 'Geheim1234567890' ${" ".repeat(padding)}NONSENSE`;
    const shown = excerpt(line, { line: 1, column: line.indexOf("NONSENSE") + 1 });
    assert.doesNotMatch(shown, /eheim|123|7890/);
    const [source = "", caret = ""] = shown.split("\n");
    assert.equal(source.slice(caret.indexOf("^")), "NONSENSE");
  }
});

test("a password whose keyword stands on the line before is masked, too", () => {
  const text = "CREATE ROLE x PASSWORD\n  'hunter2' NO_SUCH_OPTION";
  const shown = excerpt(text, { line: 2, column: 13 });
  assert.doesNotMatch(shown, /hunter2/);
  assert.match(shown, /NO_SUCH_OPTION\n {17}\^$/);
});
