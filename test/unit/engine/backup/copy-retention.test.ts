import assert from "node:assert/strict";
import { test } from "node:test";
import { expired } from "../../../../engine/backup/copy-retention.ts";

function copies(...positions: string[]): { name: string; mark: string }[] {
  return positions.map((position, index) => ({
    name: `copy${positions.length - index}`,
    mark: `2026-01-01 at ledger position ${position}`,
  }));
}

test("of each position of the ledger the newest copy is kept", () => {
  assert.deepEqual(expired(copies("b", "b", "b", "a"), 3), ["copy3", "copy2"]);
});

test("attempts that are repeated without end do not drop the copy from before the first", () => {
  assert.deepEqual(expired(copies(...Array<string>(50).fill("b"), "a"), 2).includes("copy1"), false);
});

test("copies of positions beyond the retention are dropped", () => {
  assert.deepEqual(expired(copies("d", "c", "b", "a"), 2), ["copy2", "copy1"]);
});

test("with a retention of one only the newest is kept", () => {
  assert.deepEqual(expired(copies("b", "a", "a"), 1), ["copy2", "copy1"]);
});
