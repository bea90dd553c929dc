import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateDBParameterGroupCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
} from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster, createInstance } from "../aws/database.ts";
import { exceedSnapshotQuota } from "../aws/faults/call-failure.ts";
import { createProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

async function snapshots({ rds }: Aws): Promise<string[]> {
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  return DBSnapshots.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier).sort();
}

/** A stack of somebody's own, without any migration. */
function program({ triggers = "1", restore = "", source = '"app-prod"', kind = "instance" } = {}): string {
  return `
import * as aws from "@pulumi/aws";
import { RdsSnapshot } from "./components/index.ts";
const snapshot = new RdsSnapshot("upgrade", {
  ${kind}: ${source}, triggers: ["${triggers}"], pollMs: 100, requirements: { minFreeStoragePercent: 0 },
});
${restore}
export const backup = snapshot.backup;
`;
}

test("a snapshot that stands alone is taken at first, again when its triggers change, and when it was lost", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const project = await createProject(t, { program: program(), environment: aws.environment });
  const quota = exceedSnapshotQuota(aws);
  await fails(project, ["up", "--yes", "--skip-preview"], /SnapshotQuotaExceeded/);
  quota.remove();
  await up(project);
  const [first = assert.fail()] = await snapshots(aws);
  await up(project, "--expect-no-changes");
  await succeeds(project, "preview", "--expect-no-changes");
  await project.writeProgram(program({ triggers: "2" }));
  await up(project);
  assert.equal((await snapshots(aws)).length, 2);
  const second = (await snapshots(aws)).find((name) => name !== first);
  await aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: second }));
  await up(project);
  assert.equal((await snapshots(aws)).length, 2);
  await project.writeProgram("export const nothing = true;");
  await up(project);
  assert.equal((await snapshots(aws)).length, 2, "removed from the program, not from AWS");
});

test("a snapshot is restored into a new instance as the original stands, and nothing replaces that later", async (t) => {
  const aws = await createAws(t);
  await aws.rds.send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: "tuned",
      DBParameterGroupFamily: "postgres17",
      Description: "tuned",
    }),
  );
  await createInstance(aws, {
    DBInstanceIdentifier: "app-prod",
    DBInstanceClass: "db.m7g.large",
    DBParameterGroupName: "tuned",
    VpcSecurityGroupIds: ["sg-0123456789abcdef0"],
    MultiAZ: true,
  });
  const restore = `const restored = snapshot.restoreInto("restored", { identifier: "app-restored" });
    export const host = restored.host;`;
  const project = await createProject(t, { program: program(), environment: aws.environment });
  await up(project);
  await project.writeProgram(program({ restore }));
  await up(project);
  const restored = await describe(aws, "app-restored");
  assert.equal(restored?.DBInstanceClass, "db.m7g.large");
  assert.deepEqual(
    restored.DBParameterGroups?.map((group) => group.DBParameterGroupName),
    ["tuned"],
  );
  assert.deepEqual(
    restored.VpcSecurityGroups?.map((group) => group.VpcSecurityGroupId),
    ["sg-0123456789abcdef0"],
  );
  assert.equal(restored.DeletionProtection, true);
  assert.match(String((await project.outputs())["host"]), /^app-restored\./);

  // The next snapshot, of an original that has changed meanwhile.
  await project.writeProgram(program({ restore, triggers: "2" }));
  const output = await up(project);
  assert.doesNotMatch(output, /restored-instance.*(replac|creat|delet)/);
  assert.equal((await describe(aws, "app-restored"))?.DbiResourceId, restored.DbiResourceId);
  await up(project, "--expect-no-changes");
  await succeeds(project, "destroy", "--yes", "--skip-preview");
  assert.equal((await describe(aws, "app-restored"))?.DbiResourceId, restored.DbiResourceId);
});

test("the instance may be a resource of the same stack, which does not exist at the first preview", async (t) => {
  const aws = await createAws(t);
  const instance = `new aws.rds.Instance("db", {
    identifier: "app-new", engine: "postgres", instanceClass: "db.t4g.micro", allocatedStorage: 20, username: "postgres",
    password: "a-password-of-the-tests", storageEncrypted: true, backupRetentionPeriod: 7, skipFinalSnapshot: true })`;
  const project = await createProject(t, {
    program: program({ source: instance }),
    environment: aws.environment,
  });
  assert.match(await succeeds(project, "preview"), /aws:rds:Snapshot upgrade-snapshot create/);
  await up(project);
  assert.match((await snapshots(aws)).join(), /^app-new-before-\w+-1$/);
  await up(project, "--expect-no-changes");
});

test("a cluster is taken a snapshot of, restored, and left alone by destroy", async (t) => {
  const aws = await createAws(t);
  await createCluster(aws, { DBClusterIdentifier: "app-aurora" });
  const restore = `snapshot.restoreInto("restored", { identifier: "aurora-restored" });`;
  const cluster = { kind: "cluster", source: '"app-aurora"' };
  const project = await createProject(t, {
    program: program({ ...cluster, restore }),
    environment: aws.environment,
  });
  await up(project);
  await up(project, "--expect-no-changes");
  await succeeds(project, "destroy", "--yes", "--skip-preview");
  const { DBClusters = [] } = await aws.rds.send(new DescribeDBClustersCommand({}));
  assert.deepEqual(DBClusters.map(({ DBClusterIdentifier }) => DBClusterIdentifier).sort(), [
    "app-aurora",
    "aurora-restored",
  ]);
  assert.equal((await describe(aws, "aurora-restored-1"))?.DBClusterIdentifier, "aurora-restored");
  assert.deepEqual(aws.calls("DeleteDBClusterSnapshot"), []);
});

async function describe({ rds }: Aws, identifier: string) {
  const { DBInstances = [] } = await rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
  );
  return DBInstances[0];
}
