import assert from "node:assert/strict";
import { test } from "node:test";
import { readText, sourceFiles } from "./markdown.ts";

/** Where a code is given: to an error, to the base class of one, or in the table of connection failures. */
const givenCode = /(?:new \w+Error\(|\bsuper\(|\[(?=\s*"\w+",\s*\())\s*"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g;

test("the page of errors lists exactly the codes of the engine", () => {
  const inCode = sourceFiles("{engine,resources}/**/*.ts").flatMap((file) =>
    matches(readText(file), givenCode),
  );
  const page = readText("docs/reference/errors.md");
  const inPage = matches(page, /^\| `([A-Z0-9_]+)` \|/gm);
  assert.deepEqual([...new Set(inPage)].sort(), [...new Set(inCode)].sort());
});

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, code = ""]) => code);
}
