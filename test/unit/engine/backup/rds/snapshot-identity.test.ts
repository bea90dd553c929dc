import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decideOnSnapshot,
  snapshotStem,
  snapshotTags,
  tagValue,
} from "../../../../../engine/backup/rds/snapshot-identity.ts";
import { facts } from "./snapshot-facts.ts";

const occasion = { database: "app", position: "0123456789ab", digest: "f".repeat(64) };
const source = { kind: "instance", identifier: "app-prod" } as const;
const now = new Date("2026-11-21T10:00:00Z");
const request = {
  source,
  occasion,
  reuseMinutes: 15,
  retentionDays: 30,
  now,
  snapshots: [],
  previous: undefined,
};

/** Whatever AWS accepts as the identifier of an instance or a cluster, and more. */
const anyIdentifier = fc.oneof(fc.stringMatching(/^[a-z](-?[a-z0-9]){0,31}$/), fc.string({ maxLength: 80 }));
const anyOccasion = fc.record({ database: fc.string(), position: fc.string(), digest: fc.string() });

test("every name is one that AWS accepts for instances and clusters", () => {
  fc.assert(
    fc.property(anyIdentifier, anyOccasion, fc.nat({ max: 99_998 }), (identifier, before, attempts) => {
      const of = { kind: "cluster" as const, identifier };
      const earlier = facts({ identifier: `${snapshotStem(of, before)}-${attempts}` });
      const { identity } = decideOnSnapshot({
        ...request,
        source: of,
        occasion: before,
        snapshots: [earlier],
      });
      assert.match(identity.snapshot, /^[a-z](-?[a-z0-9])*$/);
      assert.ok(identity.snapshot.length <= 63, identity.snapshot);
      assert.equal(identity.attempt, attempts + 1);
    }),
  );
});

test("every tag is one that AWS accepts", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.match(tagValue(text), /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u);
    }),
  );
});

test("what differs in source, database, position or digest differs in name", () => {
  const stems = [
    snapshotStem(source, occasion),
    snapshotStem({ ...source, kind: "cluster" }, occasion),
    snapshotStem({ ...source, identifier: "app-test" }, occasion),
    snapshotStem(source, { ...occasion, database: "other" }),
    snapshotStem(source, { ...occasion, position: "other" }),
    snapshotStem(source, { ...occasion, digest: "other" }),
  ];
  assert.equal(new Set(stems).size, stems.length);
  assert.equal(snapshotStem(source, occasion), stems[0]);
});

test("the first attempt is number 1, with tags by which it is known", () => {
  const { identity, reused } = decideOnSnapshot(request);
  assert.equal(reused, false);
  assert.match(identity.snapshot, /^app-prod-before-[0-9a-f]{12}-1$/);
  assert.equal(identity.tags[snapshotTags.database], "app");
  assert.equal(identity.tags[snapshotTags.expiresAt], "2026-12-21T10:00:00.000Z");
});

for (const [what, snapshot, reused] of [
  ["available for 14 minutes", { status: "available", takenAt: "2026-11-21T09:46:00Z" }, true],
  ["available for 15 minutes", { status: "available", takenAt: "2026-11-21T09:45:00Z" }, false],
  ["being created for hours", { status: "creating", takenAt: "2026-11-21T05:00:00Z" }, true],
  ["being created, of no known age", { status: "creating", takenAt: undefined }, true],
  ["failed", { status: "failed", takenAt: "2026-11-21T09:59:00Z" }, false],
  ["gone", undefined, false],
] as const)
  test(`a retry ${reused ? "uses" : "does not use"} a snapshot that is ${what}`, () => {
    const { identity: previous } = decideOnSnapshot(request);
    const snapshots = snapshot === undefined ? [] : [facts({ identifier: previous.snapshot, ...snapshot })];
    const decided = decideOnSnapshot({ ...request, previous, snapshots });
    assert.equal(decided.reused, reused);
    assert.equal(decided.identity.attempt, reused ? 1 : 2);
  });

test("a snapshot that this stack does not know of is never used, and its name is never taken", () => {
  const { identity: elsewhere } = decideOnSnapshot(request);
  const snapshots = [
    facts({ identifier: elsewhere.snapshot, status: "available", takenAt: now.toISOString() }),
  ];
  const { identity, reused } = decideOnSnapshot({ ...request, snapshots });
  assert.equal(reused, false);
  assert.equal(identity.attempt, 2);
});

test("the snapshot of another occasion is not used, however young", () => {
  const { identity: previous } = decideOnSnapshot({
    ...request,
    occasion: { ...occasion, position: "before" },
  });
  const snapshots = [
    facts({ identifier: previous.snapshot, status: "available", takenAt: now.toISOString() }),
  ];
  assert.equal(decideOnSnapshot({ ...request, previous, snapshots }).reused, false);
});
