import assert from "node:assert/strict";
import { test } from "node:test";
import { expiredSnapshots } from "../../../../../engine/backup/rds/snapshot-retention.ts";
import { facts } from "./snapshot-facts.ts";

const now = new Date("2026-11-21T10:00:00Z");
const expired = "2026-11-20T00:00:00.000Z";

function ours(identifier: string, takenAt: string, tags: Record<string, string> = {}) {
  return facts({
    identifier,
    takenAt,
    tags: {
      "pulumi-pg-migrations:database": "app",
      "pulumi-pg-migrations:occasion": "0123456789ab ffffffffffff",
      "pulumi-pg-migrations:attempt": "1",
      "expires-at": expired,
      ...tags,
    },
  });
}

const oldest = ours("a", "2026-10-01T00:00:00Z");
const older = ours("b", "2026-10-02T00:00:00Z");
const newest = ours("c", "2026-10-03T00:00:00Z");

function names(snapshots: ReturnType<typeof ours>[], keepNewest = 1): string[] {
  return expiredSnapshots(snapshots, { database: "app", keepNewest }, now).map(
    ({ identifier }) => identifier,
  );
}

test("the expired are deleted but for the newest", () => {
  assert.deepEqual(names([older, newest, oldest]), ["b", "a"]);
  assert.deepEqual(names([older, newest, oldest], 2), ["a"]);
  assert.deepEqual(names([older, newest, oldest], 3), []);
});

test("the newest is kept, whatever is asked for", () => {
  assert.deepEqual(names([newest], 0), []);
  assert.deepEqual(names([newest], -1), []);
});

test("what has not expired is kept", () => {
  assert.deepEqual(
    names([newest, ours("d", "2026-10-01T00:00:00Z", { "expires-at": "2026-11-21T10:00:01Z" })]),
    [],
  );
});

for (const [what, snapshot] of [
  ["of another database", ours("d", "2026-09-01T00:00:00Z", { "pulumi-pg-migrations:database": "other" })],
  [
    "that only bears expires-at",
    facts({ identifier: "d", takenAt: "2026-09-01T00:00:00Z", tags: { "expires-at": expired } }),
  ],
  ["without any tag", facts({ identifier: "d", takenAt: "2026-09-01T00:00:00Z" })],
  ["with a date nobody can read", ours("d", "2026-09-01T00:00:00Z", { "expires-at": "soon" })],
  ["that is being created", { ...ours("d", "2026-09-01T00:00:00Z"), status: "creating" }],
] as const)
  test(`a snapshot ${what} is left alone`, () => {
    assert.deepEqual(names([snapshot, newest, older]), ["b"]);
  });
