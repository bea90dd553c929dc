import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeDBClusterSnapshotsCommand } from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster } from "../aws/database.ts";
import { exceedSnapshotQuota } from "../aws/faults/call-failure.ts";
import { refuseSnapshots } from "../aws/faults/database-state.ts";
import { failSnapshots, keepSnapshotsCreating } from "../aws/faults/snapshot-creation.ts";
import { query, stateOf } from "../database-state.ts";
import { createMigratedProject, type Project } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const upNow = ["up", "--yes", "--skip-preview"];

async function snapshots({ rds }: Aws): Promise<string[]> {
  const { DBClusterSnapshots = [] } = await rds.send(
    new DescribeDBClusterSnapshotsCommand({ SnapshotType: "manual" }),
  );
  return DBClusterSnapshots.map(({ DBClusterSnapshotIdentifier = "" }) => DBClusterSnapshotIdentifier);
}

async function backupsOf(project: Project): Promise<{ id: string; restoreCommand: string }[]> {
  return (await project.outputs())["backups"] as never;
}

/** A stack whose database is, as far as AWS says, the cluster app-aurora. */
async function createStack(t: Parameters<typeof createAws>[0]) {
  const aws = await createAws(t);
  await createCluster(aws, { DBClusterIdentifier: "app-aurora" });
  const backup = { rdsSnapshot: { cluster: "app-aurora", pollMs: 200 } };
  const { project, database } = await createMigratedProject(t, { backup }, aws.environment);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  return { aws, project, database };
}

test("a cluster's snapshot is available before the first migration begins, is taken only then, and outlives destroy", async (t) => {
  const { aws, project, database } = await createStack(t);
  assert.match(
    await succeeds(project, "preview"),
    /The snapshot app-aurora-before-\w+-1 of the cluster app-aurora will be taken before the run/,
  );
  assert.deepEqual(await snapshots(aws), []);

  keepSnapshotsCreating(aws, { forMs: 1500 });
  await up(project);
  const [taken] = await snapshots(aws);
  const [created] = aws.calls("CreateDBClusterSnapshot");
  const [row] = await query<{ started_at: Date }>(database, "SELECT started_at FROM _prisma_migrations");
  assert.ok(row !== undefined && created !== undefined);
  assert.ok(
    row.started_at.getTime() > created.time.getTime() + 1500,
    "the run began before the snapshot was available",
  );
  const [backup] = await backupsOf(project);
  assert.equal(backup?.id, taken);
  assert.match(backup?.restoreCommand ?? "", /restore-db-cluster-from-snapshot .* create-db-instance /);

  const before = aws.calls().length;
  await up(project, "--expect-no-changes");
  const calls = aws.calls().slice(before);
  assert.deepEqual(
    calls.map(({ action }) => action),
    ["DescribeDBClusterSnapshots"],
  );
  await succeeds(project, "destroy", "--yes", "--skip-preview");
  assert.deepEqual(await snapshots(aws), [taken]);
  assert.deepEqual(aws.calls("DeleteDBClusterSnapshot"), []);
});

test("not one statement is run while a cluster's snapshot cannot be had; then the run begins with one", async (t) => {
  const { aws, project, database } = await createStack(t);
  const before = await stateOf(database);
  const quota = exceedSnapshotQuota(aws);
  await fails(project, upNow, /SnapshotQuotaExceeded/);
  quota.remove();
  const failing = failSnapshots(aws);
  await fails(project, upNow, /app-aurora-before-\w+-\d.*failed/s);
  failing.remove();
  assert.deepEqual(await stateOf(database), before);

  // The provider of AWS asks again by itself for a cluster that is busy.
  refuseSnapshots(aws, { database: "app-aurora", times: 1 });
  await up(project);
  const [backup] = await backupsOf(project);
  assert.ok((await snapshots(aws)).includes(backup?.id ?? ""));
});
