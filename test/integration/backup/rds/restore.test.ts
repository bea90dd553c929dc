import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import {
  BackupError,
  type Connection,
  identifySnapshot,
  proveRestore,
  proveSnapshot,
  takeRestorePoint,
} from "../../../../engine/index.ts";
import { withDatabase } from "../../../../engine/postgres/session/connect.ts";
import type { Aws } from "../../../aws/aws.ts";
import { createCluster } from "../../../aws/database.ts";
import { setDatabaseStatus, setLatestRestorableTime } from "../../../aws/faults/database-state.ts";
import { pointEndpointsAt } from "../../../aws/faults/endpoint.ts";
import { createTestDatabase } from "../../../database.ts";
import { accountWithInstance, occasion, source, takeClusterSnapshot, takeSnapshot } from "./rds.ts";

const none = (): void => undefined;

async function instances({ rds }: Aws): Promise<string[]> {
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  return DBInstances.map(({ DBInstanceIdentifier = "" }) => DBInstanceIdentifier).sort();
}

/** A proof whose temporary database is served by a real one of the test. */
async function proofOf(t: Parameters<typeof accountWithInstance>[0]) {
  const { aws, access } = await accountWithInstance(t);
  const { host, port, ...database } = await createTestDatabase(t);
  pointEndpointsAt(aws, { database: (id) => id.includes("-proof-"), host, port });
  const identity = await identifySnapshot({ access, source, occasion }, undefined, none);
  await takeSnapshot(aws, identity);
  const proven = await proveSnapshot({ access, identity, timeoutMinutes: 1, pollMs: 10 });
  const connection: Connection = { ...database, host: "app-prod.unreachable.example", port: 5432 };
  return { aws, proof: { access, ...proven, connection, pollMs: 10, inspect: () => Promise.resolve(0) } };
}

test("a snapshot is restored beside the original, looked at, measured and removed", async (t) => {
  const { aws, proof } = await proofOf(t);
  const messages: string[] = [];
  const backup = await proveRestore({
    ...proof,
    onProgress: (message) => messages.push(message),
    async inspect(restored) {
      assert.equal((await instances(aws)).length, 2);
      await withDatabase(restored, (session) => session.query("SELECT 1"));
      return 3;
    },
  });
  assert.equal(backup.verified.by, "restore");
  assert.equal(backup.verified.checks, 3);
  assert.ok((backup.verified.restoreMs ?? -1) >= 0);
  assert.deepEqual(await instances(aws), ["app-prod"]);
  assert.match(messages.at(-1) ?? "", /^restored app-prod-before-.* inspecting it$/);
});

test("a restored snapshot in which a check does not hold is no backup, and is removed as well", async (t) => {
  const { aws, proof } = await proofOf(t);
  const broken = (): Promise<number> => Promise.reject(new BackupError("BACKUP_NOT_PROVEN", "orphans"));
  await assert.rejects(proveRestore({ ...proof, inspect: broken }), /orphans/);
  assert.deepEqual(await instances(aws), ["app-prod"]);
});

test("what an interrupted proof has left is removed first", async (t) => {
  const { aws, proof } = await proofOf(t);
  const killed = (): Promise<number> => Promise.reject(new Error("killed"));
  const kept = aws.intercept(
    { action: "DeleteDBInstance" },
    { error: { code: "InternalFailure", message: "x" } },
  );
  await assert.rejects(proveRestore({ ...proof, inspect: killed }), /killed/);
  assert.equal((await instances(aws)).length, 2);
  kept.remove();
  // By then the snapshot is mostly too old to be used again.
  const identity = await identifySnapshot({ access: proof.access, source, occasion }, undefined, none);
  assert.notEqual(identity.snapshot, proof.backup.id);
  await takeSnapshot(aws, identity);
  const next = { ...proof, backup: { ...proof.backup, id: identity.snapshot } };
  assert.equal((await proveRestore(next)).verified.by, "restore");
  assert.deepEqual(await instances(aws), ["app-prod"]);
});

test("a temporary database that AWS does not delete is named, at once and by the next proof", async (t) => {
  const { aws, proof } = await proofOf(t);
  const error = { code: "AccessDenied", message: "rds:DeleteDBInstance is not allowed" };
  aws.intercept({ action: "DeleteDBInstance" }, { error });
  const warnings: string[] = [];
  await proveRestore({ ...proof, onWarning: (message) => warnings.push(message) });
  assert.match(
    warnings.join(),
    /The temporary instance app-prod-proof-\w+ could not be deleted.*Delete it by hand/,
  );
  await assert.rejects(proveRestore(proof), (refused) => {
    assert.ok(refused instanceof BackupError);
    assert.equal(refused.code, "RESTORE_PROOF_LEFTOVER");
    assert.match(refused.message, /app-prod-proof-\w+.*cannot be deleted: .*DeleteDBInstance is not allowed/);
    return true;
  });
});

test("a restored database that cannot be connected to in time is no backup", async (t) => {
  const { aws, proof } = await proofOf(t);
  setDatabaseStatus(aws, { database: (await nameOfProof(aws, proof)) ?? "", status: "creating" });
  await assert.rejects(proveRestore({ ...proof, timeoutMinutes: 0.01 }), (error) => {
    assert.ok(error instanceof BackupError);
    assert.match(error.message, /was not restored within 0\.01 minutes \(creating\)/);
    return true;
  });
  assert.deepEqual(await instances(aws), ["app-prod"]);
});

test("a restored database that refuses the role is no backup, and is not waited for", async (t) => {
  const { aws, proof } = await proofOf(t);
  const connection = { ...proof.connection, password: "wrong" };
  await assert.rejects(proveRestore({ ...proof, connection, timeoutMinutes: 60 }), (error) => {
    assert.ok(error instanceof BackupError);
    assert.match(
      error.message,
      /The snapshot was restored, but: .*refuses the password.*Nothing was applied/s,
    );
    return true;
  });
  assert.deepEqual(await instances(aws), ["app-prod"]);
});

/** Found by running one. */
async function nameOfProof(aws: Aws, proof: Parameters<typeof proveRestore>[0]): Promise<string | undefined> {
  let name: string | undefined;
  await proveRestore({
    ...proof,
    async inspect() {
      name = (await instances(aws)).find((instance) => instance.includes("-proof-"));
      return 0;
    },
  });
  return name;
}

test("a cluster's snapshot is taken of, and restored into, a cluster", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  await createCluster(aws, { DBClusterIdentifier: "app-aurora" });
  const cluster = { kind: "cluster", identifier: "app-aurora" } as const;
  const identity = await identifySnapshot({ access, source: cluster, occasion }, undefined, none);
  await takeClusterSnapshot(aws, identity);
  const proven = await proveSnapshot({ access, identity, timeoutMinutes: 1, pollMs: 10 });
  assert.match(
    proven.backup.restoreCommand,
    /restore-db-cluster-from-snapshot .* && aws rds .* create-db-instance /,
  );
  const { host, port, ...database } = await createTestDatabase(t);
  pointEndpointsAt(aws, { database: (id) => id.includes("-proof-"), host, port });
  const connection = { ...database, host: "unreachable.example" };
  const inspect = (): Promise<number> => Promise.resolve(1);
  const backup = await proveRestore({ access, ...proven, connection, pollMs: 10, inspect });
  assert.equal(backup.verified.by, "restore");
  assert.deepEqual(await instances(aws), ["app-aurora-1", "app-prod"]);
  const { DBClusters = [] } = await aws.rds.send(new DescribeDBClustersCommand({}));
  assert.deepEqual(
    DBClusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier),
    ["app-aurora"],
  );
});

test("a restore point is recorded once AWS can restore to it", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  const behind = setLatestRestorableTime(aws, {
    database: "app-prod",
    time: new Date(Date.now() - 4 * 60_000),
  });
  const messages: string[] = [];
  const taken = takeRestorePoint({
    access,
    source,
    pollMs: 10,
    onProgress(message) {
      messages.push(message);
      behind.remove();
    },
  });
  const { backup } = await taken;
  assert.match(backup.id, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.match(messages[0] ?? "", /can be restored up to .*; waiting for /);
  assert.match(backup.restoreCommand, new RegExp(`--restore-time ${backup.id} .* db-instance-available`));
});

test("a restore point that does not come, or a database without backups, stops the run", async (t) => {
  const { aws, access } = await accountWithInstance(t);
  setLatestRestorableTime(aws, { database: "app-prod", time: new Date(Date.now() - 4 * 60_000) });
  await assert.rejects(takeRestorePoint({ access, source, pollMs: 10, timeoutMinutes: 0.002 }), {
    code: "BACKUP_LATE",
  });
  await assert.rejects(takeRestorePoint({ access, source, requirements: { minBackupRetentionDays: 35 } }), {
    code: "BACKUP_SOURCE_NOT_READY",
  });
});
