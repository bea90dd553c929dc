import assert from "node:assert/strict";
import { test } from "node:test";
import { DeleteDBSnapshotCommand } from "@aws-sdk/client-rds";
import {
  AwsError,
  BackupError,
  findSnapshot,
  identifySnapshot,
  proveSnapshot,
  pruneSnapshots,
  snapshotExists,
} from "../../../../engine/index.ts";
import type { Aws } from "../../../aws/aws.ts";
import { answerAccountQuotas } from "../../../aws/faults/account-quotas.ts";
import { denyAccess, expireCredentials, throttle } from "../../../aws/faults/call-failure.ts";
import { setDatabaseStatus } from "../../../aws/faults/database-state.ts";
import { failSnapshots, keepSnapshotsCreating } from "../../../aws/faults/snapshot-creation.ts";
import { accountWithInstance, occasion, snapshotNames, source, takeSnapshot } from "./rds.ts";

const none = (): void => undefined;

test("a snapshot is decided on, taken, proven and described", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const warnings: string[] = [];
  const identity = await identifySnapshot({ access, source, occasion }, undefined, (warning) =>
    warnings.push(warning),
  );
  assert.deepEqual(warnings, []);
  assert.equal(await snapshotExists(access, identity), false);
  await takeSnapshot(aws, identity);
  assert.equal(await snapshotExists(access, identity), true);
  const { backup } = await proveSnapshot({ access, identity, timeoutMinutes: 1, pollMs: 10 });
  assert.equal(backup.id, identity.snapshot);
  assert.equal(backup.arn, `arn:aws:rds:eu-central-1:${aws.accountId}:snapshot:${identity.snapshot}`);
  assert.deepEqual(backup.verified, { by: "status" });
  assert.match(
    backup.restoreCommand,
    new RegExp(
      `^aws rds --region eu-central-1 restore-db-instance-from-db-snapshot --db-snapshot-identifier ${backup.id} `,
    ),
  );
  const again = await identifySnapshot({ access, source, occasion }, identity, none);
  assert.deepEqual(again, identity);
  const later = await identifySnapshot({ access, source, occasion, reuseMinutes: 0 }, identity, none);
  assert.equal(later.attempt, 2);
});

test("a snapshot is waited for while it is being created, throttled or not, and its progress is told", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  keepSnapshotsCreating(aws, { polls: 4 });
  await takeSnapshot(aws, identity);
  throttle(aws, { action: "DescribeDBSnapshots", times: 3 });
  const messages: string[] = [];
  const { backup } = await proveSnapshot({
    access,
    identity,
    timeoutMinutes: 1,
    pollMs: 10,
    onProgress: (message) => messages.push(message),
  });
  assert.equal(backup.id, identity.snapshot);
  assert.ok(messages.length >= 3, messages.join("\n"));
  assert.match(messages[0] ?? "", /is being created: \d+ %/);
});

for (const { name, break: fault, timeoutMinutes, code, says } of [
  {
    name: "that has failed",
    break: failSnapshots,
    timeoutMinutes: 1,
    code: "BACKUP_NOT_PROVEN",
    says: /is failed, not available\. Nothing was applied/,
  },
  {
    name: "that is not available in time",
    break: (aws: Aws) => keepSnapshotsCreating(aws, { polls: Infinity }),
    timeoutMinutes: 0.005,
    code: "BACKUP_LATE",
    says: /is still creating it: run pulumi up again to continue waiting/,
  },
] as const)
  test(`a snapshot ${name} is no backup`, async (t) => {
    const { aws, access } = await accountWithInstance(t);
    const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
    await takeSnapshot(aws, identity);
    fault(aws);
    await assert.rejects(proveSnapshot({ access, identity, timeoutMinutes, pollMs: 10 }), (error) => {
      assert.ok(error instanceof BackupError);
      assert.equal(error.code, code);
      assert.match(error.message, says);
      return true;
    });
  });

test("a snapshot that somebody has deleted is no backup", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  await takeSnapshot(aws, identity);
  await aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: identity.snapshot }));
  await assert.rejects(proveSnapshot({ access, identity, timeoutMinutes: 1 }), { code: "BACKUP_MISSING" });
});

test("credentials that expire in mid-wait end it, with what to do", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  await takeSnapshot(aws, identity);
  keepSnapshotsCreating(aws, { polls: Infinity });
  expireCredentials(aws, { action: "DescribeDBSnapshots", afterCalls: 2 });
  await assert.rejects(proveSnapshot({ access, identity, timeoutMinutes: 1, pollMs: 10 }), (error) => {
    assert.ok(error instanceof AwsError);
    assert.equal(error.code, "AWS_CREDENTIALS_REFUSED");
    assert.match(error.message, /ExpiredToken.*Renew them, and run the same command again/);
    return true;
  });
});

test("everything that stands against a snapshot is told at once", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  setDatabaseStatus(aws, { database: "app-prod", status: "modifying" });
  answerAccountQuotas(aws, { ManualSnapshots: { used: 100, max: 100 } });
  await assert.rejects(
    identifySnapshot(
      { access, source, occasion, requirements: { minBackupRetentionDays: 14 } },
      undefined,
      none,
    ),
    (error) => {
      assert.ok(error instanceof BackupError);
      assert.match(error.message, /app-prod is modifying/);
      assert.match(error.message, /for 7 days; 14 days are required/);
      assert.match(error.message, /100 of the 100 manual instance snapshots/);
      return true;
    },
  );
});

test("what is nearly used up, and what cannot be looked at, are warnings", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  answerAccountQuotas(aws, { ManualSnapshots: { used: 95, max: 100 } });
  denyAccess(aws, { action: "GetMetricStatistics" });
  const warnings: string[] = [];
  await identifySnapshot({ access, source, occasion }, undefined, (warning) => warnings.push(warning));
  assert.match(warnings.join("\n"), /95 of the 100 manual instance snapshots that AWS allows/);
  assert.match(
    warnings.join("\n"),
    /free storage of app-prod is unknown: AWS refuses the call \(AccessDenied/,
  );
});

test("an instance that does not exist is named, with the region", async (t) => {
  const { access } = await accountWithInstance(t);
  await assert.rejects(
    identifySnapshot(
      { access, source: { kind: "instance", identifier: "nowhere" }, occasion },
      undefined,
      none,
    ),
    /The RDS instance nowhere does not exist in eu-central-1/,
  );
});

test("a snapshot that cannot be asked for just now is taken to be there", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  aws.intercept({ action: "DescribeDBSnapshots" }, { hang: "before" });
  assert.equal(await snapshotExists(access, identity), true);
});

test("retention deletes what has expired, is ours, of this database, and not among the newest", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const tagged = await identifySnapshot({ access, source, occasion, retentionDays: 1 }, undefined, none);
  const expired = { ...tagged.tags, "expires-at": "2026-01-01T00:00:00.000Z" };
  await takeSnapshot(aws, { ...tagged, snapshot: "ours-1", tags: expired });
  await takeSnapshot(aws, { ...tagged, snapshot: "ours-2", tags: expired });
  await takeSnapshot(aws, { ...tagged, snapshot: "ours-3", tags: tagged.tags });
  await takeSnapshot(aws, { ...tagged, snapshot: "theirs-1", tags: { "expires-at": expired["expires-at"] } });
  const other = { ...expired, "pulumi-pg-migrations:database": "other" };
  await takeSnapshot(aws, { ...tagged, snapshot: "theirs-2", tags: other });
  aws.intercept(
    { action: "DeleteDBSnapshot", when: ({ DBSnapshotIdentifier }) => DBSnapshotIdentifier === "ours-2" },
    {
      error: {
        code: "InvalidDBSnapshotState",
        message: "Cannot delete the snapshot because it is being copied.",
      },
    },
  );
  const { deleted, refused } = await pruneSnapshots({ access, source, database: "app", keepNewest: 1 });
  assert.deepEqual(deleted, ["ours-1"]);
  assert.equal(refused[0]?.snapshot, "ours-2");
  assert.match(refused[0].reason, /being copied/);
  assert.deepEqual(await snapshotNames(aws), ["ours-2", "ours-3", "theirs-1", "theirs-2"]);
});

test("a named snapshot is verified: there, available, of this database, young", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  await takeSnapshot(aws, { ...identity, snapshot: "by-hand" });
  const existing = { access, source, snapshot: "by-hand", maxAgeMinutes: 60 };
  assert.equal((await findSnapshot(existing)).id, "by-hand");
  await assert.rejects(findSnapshot({ ...existing, snapshot: "lost" }), { code: "BACKUP_MISSING" });
  await assert.rejects(findSnapshot({ ...existing, maxAgeMinutes: 0 }), { code: "BACKUP_TOO_OLD" });
  await assert.rejects(findSnapshot({ ...existing, source: { kind: "instance", identifier: "other" } }), {
    code: "BACKUP_DIFFERS",
  });
  keepSnapshotsCreating(aws, { polls: Infinity });
  await assert.rejects(findSnapshot(existing), { code: "BACKUP_NOT_PROVEN" });
});
