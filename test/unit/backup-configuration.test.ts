import assert from "node:assert/strict";
import { test } from "node:test";
import { backup } from "../../backup-configuration.ts";

function problems(given: unknown): string[] {
  const read = backup.safeParse(given);
  assert.ok(!read.success, JSON.stringify(read.data));
  return read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

test("each backup is read, with the strings that `pulumi config set` writes", () => {
  for (const [given, read] of [
    [{ none: "a test" }, { none: "a test" }],
    [{ databaseCopy: {} }, { databaseCopy: {} }],
    [
      { databaseCopy: { retain: "5", terminateSessions: "true" } },
      { databaseCopy: { retain: 5, terminateSessions: true } },
    ],
    [
      { rdsSnapshot: { instance: "app", proveRestore: "true" } },
      { rdsSnapshot: { instance: "app", proveRestore: true } },
    ],
    [
      { rdsSnapshot: { cluster: "app", retentionDays: "7" } },
      { rdsSnapshot: { cluster: "app", retentionDays: 7 } },
    ],
    [{ pointInTimeRecovery: { instance: "app" } }, { pointInTimeRecovery: { instance: "app" } }],
    [
      { logicalBackup: { target: { directory: "dumps" }, compress: 5 } },
      { logicalBackup: { target: { directory: "dumps" }, compress: "5" } },
    ],
    [{ existing: { databaseCopy: "app_copy_1" } }, { existing: { databaseCopy: "app_copy_1" } }],
  ])
    assert.deepEqual(backup.parse(given), read);
});

test("several are read in their order", () => {
  const several = [{ databaseCopy: {} }, { pointInTimeRecovery: { cluster: "app" } }];
  assert.deepEqual(backup.parse(several), several);
});

test("what is wrong is said of the key that is wrong", () => {
  assert.deepEqual(problems({ rdsSnapshot: { instance: "app", retentionDays: 0 } }), [
    "rdsSnapshot.retentionDays: Too small: expected number to be >=1",
  ]);
  assert.match(
    problems({ rdsSnapshot: { instance: "app", retention: 5 } }).join(),
    /^rdsSnapshot: Unrecognized key: "retention"/,
  );
  assert.match(
    problems({ logicalBackup: { target: { bucket: "b", serverSideEncryption: "none" } } }).join(),
    /^logicalBackup\.target\.serverSideEncryption: /,
  );
  assert.match(
    problems([{ databaseCopy: {} }, { databaseCopy: { retain: 0 } }]).join(),
    /^1\.databaseCopy\.retain: /,
  );
});

for (const given of [
  undefined,
  null,
  "databaseCopy",
  {},
  { snapshot: {} },
  { databaseCopy: {}, rdsSnapshot: { instance: "app" } },
  { toString: {} },
])
  test(`${JSON.stringify(given)} is no backup, and all that would be are named`, () => {
    assert.match(
      problems(given).join(),
      /must be one of rdsSnapshot, pointInTimeRecovery, logicalBackup, databaseCopy, existing, .* or none: with the reason/,
    );
  });

test("an empty list, a reason that is empty, and both an instance and a cluster are refused", () => {
  assert.equal(problems([]).length, 1);
  assert.equal(problems({ none: "" }).length, 1);
  assert.ok(problems({ rdsSnapshot: { instance: "a", cluster: "b" } }).length > 0);
  assert.ok(problems({ none: "why", databaseCopy: {} }).length > 0);
});
