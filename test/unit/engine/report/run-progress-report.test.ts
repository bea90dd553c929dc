import assert from "node:assert/strict";
import { test } from "node:test";
import { runProgressLines } from "../../../../engine/index.ts";
import { durationInWords } from "../../../../engine/words.ts";

function linesOf(events: { elapsedMs: number; percent?: number; phase?: string }[]): (string | undefined)[] {
  const lineOf = runProgressLines();
  return events.map(
    ({ elapsedMs, percent, phase }) =>
      lineOf({
        ...{ event: "progressing", migration: "20260101000000_a_long_name", elapsedMs },
        progress: phase === undefined ? undefined : { phase, percent },
        statements: { first: 3, last: 3, of: 7 },
      })?.text,
  );
}

test("a long statement is reported every ten seconds, the number first, without a migration's name", () => {
  assert.deepEqual(
    linesOf([
      { elapsedMs: 300, percent: 1, phase: "building index" },
      { elapsedMs: 10_200, percent: 4, phase: "building index" },
      { elapsedMs: 12_000, percent: 5, phase: "building index" },
      { elapsedMs: 80_000, percent: 42, phase: "building index" },
    ]),
    [
      undefined,
      "4 % 10 s, statement 3 of 7, building index",
      undefined,
      "42 % 1 min 20 s, statement 3 of 7, building index",
    ],
  );
});

test("no percentage is reported twice", () => {
  assert.deepEqual(
    linesOf([
      { elapsedMs: 10_000, percent: 4, phase: "copying" },
      { elapsedMs: 20_000, percent: 4, phase: "copying" },
      { elapsedMs: 30_000 },
    ]),
    ["4 % 10 s, statement 3 of 7, copying", "20 s, statement 3 of 7, copying", "30 s, statement 3 of 7"],
  );
});

test("the next script is reported anew", () => {
  assert.deepEqual(linesOf([{ elapsedMs: 90_000 }, { elapsedMs: 400 }, { elapsedMs: 10_400 }]), [
    "1 min 30 s, statement 3 of 7",
    undefined,
    "10 s, statement 3 of 7",
  ]);
});

test("each migration ends with a line that stays", () => {
  const line = runProgressLines()({
    ...{ event: "applied", migration: "2_b", direction: "up" },
    ...{ durationMs: 138_200, number: 2, of: 3 },
  });
  assert.deepEqual(line, { kind: "note", text: "2/3 applied 2_b in 2 min 18 s" });
});

test("durations have the unit that people read", () => {
  assert.deepEqual([12, 1_400, 59_400, 59_990, 138_200, 11_100_000].map(durationInWords), [
    "12 ms",
    "1.4 s",
    "59 s",
    "1 min 0 s",
    "2 min 18 s",
    "3 h 5 min",
  ]);
});
