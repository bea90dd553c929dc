import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { explainAwsFailure } from "../../../engine/aws/aws-failure.ts";
import { jsonDifference } from "../../../engine/checks/kinds/parts/json-difference.ts";
import { MaskedLines } from "../../../engine/process/masked-lines.ts";
import { FolderError, unreadableScript } from "../../../engine/folder/folder-error.ts";
import { foreign, foreignLines, printable } from "../../../engine/foreign-text.ts";
import { explainConnectionFailure } from "../../../engine/postgres/session/connection-error.ts";
import { describeHolder } from "../../../engine/postgres/activity/lock-holders.ts";
import { wordsOf } from "../../../engine/postgres/script/parsed-statement.ts";
import { StatementFailure } from "../../../engine/postgres/text/statement-failure.ts";
import { excerpt } from "../../../engine/postgres/text/text-position.ts";
import { checkReport } from "../../../engine/checks/check-report.ts";
import { list } from "../../../engine/words.ts";
import { comparisonReport } from "../../../engine/report/restore-report.ts";
import { failureReport } from "../../../engine/report/run-report.ts";

/** What no text that is printed may hold. */
const obeyed =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
const command = /^\s*::|##\w*\[|<\{%/m;

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\n",
        "\r",
        "\u001b[2J",
        "\u009b31m",
        "\u202e",
        "\u2066",
        "\u2028",
        "\u200b",
        "\u007f",
        "\u0000",
      ),
      fc.constantFrom(
        "\n::set-output name=x::y",
        "::add-mask::x",
        "##vso[task.setvariable]",
        "##teamcity[x]",
      ),
      fc.constantFrom("##[command]", "<{%reset%}>", "\r\n  ::error::", "\ud800", "x".repeat(3000)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

function failureOf(text: string): StatementFailure {
  const error = { message: text, code: "P0001", detail: text, hint: text, where: text };
  return new StatementFailure(error, 0, { redact: (words) => words });
}

function runReport(text: string): string {
  const { message, detail, hint, where } = failureOf(text);
  const position = { line: 1, column: 1 };
  const failed = {
    ...{ name: text, file: text, direction: "up" as const, outcome: "rolled-back" as const, violated: [] },
    error: { message, detail, hint, where, sqlstate: "P0001", position, excerpt: excerpt(text, position) },
  };
  return failureReport({ unapplied: [], declared: [], rolledBack: [], applied: [], failed });
}

function checkOf(text: string): string {
  const rows = [{ [text]: text, other: text }];
  const result = { check: "c", kind: "returnsNoRows", severity: "fail", when: [], owner: undefined } as const;
  return checkReport([{ ...result, outcome: "violated", violations: 1, rows, error: undefined }]);
}

function commandOutput(text: string): string {
  const lines: string[] = [];
  const masking = new MaskedLines([], (line) => lines.push(line));
  masking.push(text);
  masking.end();
  return lines.join("\n");
}

const address = { host: "h", port: 1, database: "d", user: "u" };
const holder = { pid: 1, idleMs: undefined, backendStart: undefined, since: undefined };

/** All that prints text of strangers. */
const printers: Readonly<Record<string, (text: string) => string>> = {
  "one line": (text) => foreign(text),
  lines: (text) => foreignLines(text),
  "a whole message": printable,
  "the server's message": (text) => failureOf(text).message,
  "a failed run": runReport,
  "rows of a check": checkOf,
  "a tool's output": commandOutput,
  "a connection error": (text) => explainConnectionFailure(new Error(text), address).message,
  "a lock holder": (text) => {
    const words = foreign(text);
    return describeHolder({ ...holder, user: words, application: words, state: words, query: wordsOf(text) });
  },
  "an error of AWS": (text) =>
    String(explainAwsFailure(Object.assign(new Error(text), { $metadata: {}, name: text }))),
  "an answer of HTTP": (text) => jsonDifference("x", text) ?? "",
  "names of the ledger": (text) => list([text]),
  "objects of two databases": (text) =>
    comparisonReport(
      { objects: [text], tables: [{ table: text, current: 1, restored: 2 }], compared: 1 },
      { current: "a", restored: "b" },
    ),
  "a file's name": (text) => unreadableScript(text, new Error(text)).message,
  "any error": (text) => new FolderError("X", text).message,
};

for (const [name, print] of Object.entries(printers))
  test(`hostile text cannot command anything, as ${name}`, () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const printed = print(text);
        assert.doesNotMatch(printed, obeyed);
        assert.doesNotMatch(printed, command);
        assert.doesNotMatch(printed, /\p{Cs}/u);
      }),
    );
  });

test("foreign text is one line, or lines behind a bar", () => {
  assert.equal(foreign("a\nb\r\n\tc"), String.raw`a\nb\r\n\tc`);
  assert.equal(foreignLines("view a\nAll checks hold"), "view a\n  | All checks hold");
  assert.equal(foreign("\u001b[31m\u202e\u{e0041}"), String.raw`\x1b[31m\u202e\u{e0041}`);
});

test("what people write stays as it is", () => {
  for (const text of [
    "Größe €",
    "日本語",
    "שלום",
    "مرحبا",
    "👨‍👩‍👧‍👦 👍🏽 ❤️ 🇩🇪",
    "naïve é",
    "a::text",
    "C:\\new",
    "# ## x",
  ])
    for (const print of [foreign, foreignLines, printable]) assert.equal(print(text), text);
});

test("a text of any size is cut to a length", () => {
  const text = "\u001b".repeat(20_000_000);
  assert.ok(foreign(text).length < 5000);
  assert.match(foreign(text), /… \(19999000 more characters\)$/);
  assert.ok(printable(text).length < 250_000);
  assert.doesNotMatch(foreign("👍".repeat(1000), 1001), /\p{Cs}/u);
});

test("an excerpt keeps its columns whatever its characters are", () => {
  assert.equal(excerpt("a\u202eb\u001bc", { line: 1, column: 5 }), "1 | a\ufffdb\ufffdc\n        ^");
});
