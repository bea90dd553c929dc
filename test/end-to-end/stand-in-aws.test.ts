import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster, createInstance } from "../aws/database.ts";
import { refuseSnapshots, setDatabaseStatus } from "../aws/faults/database-state.ts";
import { pointEndpointsAt } from "../aws/faults/endpoint.ts";
import { failSnapshots, keepSnapshotsCreating } from "../aws/faults/snapshot-creation.ts";
import { createProject, type Project } from "./project.ts";

function snapshotProgram(name: string, options = "{}"): string {
  return `
import * as aws from "@pulumi/aws";
const snapshot = new aws.rds.Snapshot("before", {
  dbInstanceIdentifier: "app",
  dbSnapshotIdentifier: "${name}",
  tags: { stack: "test" },
}, ${options});
export const status = snapshot.status;
export const arn = snapshot.dbSnapshotArn;
export const tags = snapshot.tagsAll;
`;
}

async function up(project: Project, exitCode = 0): Promise<string> {
  const result = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(result.exitCode === 0, exitCode === 0, result.output);
  return result.output;
}

async function snapshotsOf(aws: Aws): Promise<(string | undefined)[]> {
  const { DBSnapshots: snapshots = [] } = await aws.rds.send(
    new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }),
  );
  return snapshots.map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier);
}

async function createAwsProject(
  t: Parameters<typeof createAws>[0],
  program: string,
): Promise<{ aws: Aws; project: Project }> {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app" });
  const project = await createProject(t, { program, environment: aws.environment });
  return { aws, project };
}

test("a snapshot is created, waited for, left alone, replaced and kept", async (t) => {
  const { aws, project } = await createAwsProject(t, snapshotProgram("first", "{ retainOnDelete: true }"));
  keepSnapshotsCreating(aws, { polls: 2 });
  const preview = await project.pulumi("preview");
  assert.equal(preview.exitCode, 0, preview.output);
  assert.match(preview.output, /aws:rds:Snapshot before create/);
  assert.deepEqual(aws.calls("CreateDBSnapshot"), []);

  await up(project);
  const { status, arn, tags } = await project.outputs();
  assert.equal(status, "available");
  assert.equal(arn, `arn:aws:rds:${aws.region}:${aws.accountId}:snapshot:first`);
  assert.deepEqual(tags, { stack: "test" });
  const unchanged = await project.pulumi("up", "--yes", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);

  await project.writeProgram(snapshotProgram("second"));
  const replacement = await project.pulumi("preview", "--diff");
  assert.match(replacement.output, /dbSnapshotIdentifier: "first" => "second"/);
  await up(project);
  assert.deepEqual(await snapshotsOf(aws), ["first", "second"]);
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(destroyed.exitCode, 0, destroyed.output);
  assert.deepEqual(await snapshotsOf(aws), ["first"]);
});

test("a refused, an existing and a failed snapshot fail the deployment", async (t) => {
  const { aws, project } = await createAwsProject(t, snapshotProgram("first"));
  refuseSnapshots(aws, { database: "app", times: 1 });
  assert.match(
    await up(project, 1),
    /creating RDS DB Snapshot \(first\): operation error RDS: CreateDBSnapshot, https response error StatusCode: 400, RequestID: [^,]+, InvalidDBInstanceState: Cannot create a snapshot because the database instance app is not currently in the available state/,
  );
  const failing = failSnapshots(aws, { polls: 1 });
  assert.match(
    await up(project, 1),
    /waiting for RDS DB Snapshot \(first\) create: unexpected state 'failed', wanted target 'available'/,
  );
  failing.remove();
  await project.writeProgram(snapshotProgram("first").replace('"before"', '"another"'));
  assert.match(await up(project, 1), /DBSnapshotAlreadyExists: Cannot create the snapshot because/);
});

test("a snapshot that is not there in time is kept, and updated without being waited for", async (t) => {
  const { aws, project } = await createAwsProject(
    t,
    snapshotProgram("slow", '{ customTimeouts: { create: "2s" } }'),
  );
  const creating = keepSnapshotsCreating(aws, { polls: Infinity });
  assert.match(
    await up(project, 1),
    /waiting for RDS DB Snapshot \(slow\) create: timeout while waiting for state to become 'available' \(last state: 'creating', timeout: 2s\): 0% progress/,
  );
  const before = aws.calls().length;
  assert.match(await up(project), /1 updated/);
  assert.deepEqual(aws.calls("CreateDBSnapshot").length, 1);
  assert.deepEqual(aws.calls().slice(before), []);
  assert.equal((await project.outputs())["status"], undefined);
  creating.remove();
  const refreshed = await project.pulumi("refresh", "--yes", "--skip-preview");
  assert.equal(refreshed.exitCode, 0, refreshed.output);
  await up(project);
  assert.equal((await project.outputs())["status"], "available");
});

test("a snapshot of a cluster waits for the cluster", async (t) => {
  const aws = await createAws(t);
  await createCluster(aws, { DBClusterIdentifier: "aurora" });
  const program = `
import * as aws from "@pulumi/aws";
const snapshot = new aws.rds.ClusterSnapshot("before", {
  dbClusterIdentifier: "aurora",
  dbClusterSnapshotIdentifier: "first",
});
export const status = snapshot.status;
`;
  const project = await createProject(t, { program, environment: aws.environment });
  refuseSnapshots(aws, { database: "aurora", times: 2 });
  keepSnapshotsCreating(aws, { polls: 2 });
  await up(project);
  assert.equal((await project.outputs())["status"], "available");
  assert.equal(aws.calls("CreateDBClusterSnapshot").length, 3);
  await project.writeProgram(program.replace('"first"', '"Not--Allowed"'));
  assert.match((await project.pulumi("preview")).output, /cannot contain two consecutive hyphens/);
});

test("an instance is made, restored into another one beside it, and is found by the functions", async (t) => {
  const aws = await createAws(t);
  const program = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const instance = new aws.rds.Instance("app", {
  allocatedStorage: 20,
  engine: "postgres",
  instanceClass: "db.t4g.micro",
  dbName: "app",
  username: "postgres",
  password: pulumi.secret("a-password-of-the-tests"),
  skipFinalSnapshot: true,
});
const snapshot = new aws.rds.Snapshot("before", {
  dbInstanceIdentifier: instance.identifier,
  dbSnapshotIdentifier: "before",
});
const fromSnapshot = new aws.rds.Instance("restored", {
  identifier: "restored",
  instanceClass: "db.t4g.micro",
  snapshotIdentifier: snapshot.id,
  backupRetentionPeriod: 3,
  skipFinalSnapshot: true,
});
const inTime = new aws.rds.Instance("earlier", {
  identifier: "earlier",
  instanceClass: "db.t4g.micro",
  restoreToPointInTime: { sourceDbInstanceIdentifier: instance.identifier, useLatestRestorableTime: true },
  skipFinalSnapshot: true,
}, { dependsOn: snapshot });
export const found = aws.rds.getInstanceOutput({ dbInstanceIdentifier: fromSnapshot.identifier }).address;
export const taken = aws.rds.getSnapshotOutput({ dbSnapshotIdentifier: snapshot.id }).snapshotCreateTime;
export const id = instance.id;
export const identifier = instance.identifier;
export const restored = { address: fromSnapshot.address, engine: fromSnapshot.engine, status: fromSnapshot.status,
  retention: fromSnapshot.backupRetentionPeriod };
export const earlier = inTime.dbName;
`;
  const project = await createProject(t, { program, environment: aws.environment });
  pointEndpointsAt(aws, { database: "restored", host: "127.0.0.1", port: 5433 });
  setDatabaseStatus(aws, { database: "restored", status: "creating", polls: 2 });
  const preview = await project.pulumi("preview");
  assert.equal(preview.exitCode, 0, preview.output);
  await up(project);
  const outputs = await project.outputs();
  assert.match(String(outputs["id"]), /^db-/);
  assert.match(String(outputs["identifier"]), /^app-[0-9a-f]{7}$/);
  assert.match(String(outputs["taken"]), /^20/);
  assert.deepEqual(outputs["restored"], {
    address: "127.0.0.1",
    engine: "postgres",
    status: "available",
    retention: 3,
  });
  assert.equal(outputs["found"], "127.0.0.1");
  assert.equal(outputs["earlier"], "app");
  const { output: state } = await project.pulumi("stack", "export");
  assert.doesNotMatch(state, /a-password-of-the-tests/);
  const unchanged = await project.pulumi("up", "--yes", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);

  // A source that is left out again destroys nothing where it is a snapshot, and all where it is a time.
  await project.writeProgram(
    program.replace("  snapshotIdentifier: snapshot.id,\n", "").replace(/ {2}restoreToPointInTime: .*\n/, ""),
  );
  const { output } = await project.pulumi("preview");
  assert.match(output, /aws:rds:Instance earlier replace/);
  assert.doesNotMatch(output, /aws:rds:Instance restored/);
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(destroyed.exitCode, 0, destroyed.output);
});

test("a cluster and its instance are made and cloned", async (t) => {
  const aws = await createAws(t);
  const program = `
import * as aws from "@pulumi/aws";
const cluster = new aws.rds.Cluster("aurora", {
  clusterIdentifier: "aurora",
  engine: "aurora-postgresql",
  databaseName: "app",
  masterUsername: "postgres",
  masterPassword: "a-password-of-the-tests",
  skipFinalSnapshot: true,
});
const writer = new aws.rds.ClusterInstance("writer", {
  clusterIdentifier: cluster.id,
  engine: "aurora-postgresql",
  instanceClass: "db.r7g.large",
});
const snapshot = new aws.rds.ClusterSnapshot("before", {
  dbClusterIdentifier: cluster.id,
  dbClusterSnapshotIdentifier: "before",
}, { dependsOn: writer });
const clone = new aws.rds.Cluster("clone", {
  clusterIdentifier: "clone",
  engine: "aurora-postgresql",
  restoreToPointInTime: { sourceClusterIdentifier: cluster.id, restoreType: "copy-on-write", useLatestRestorableTime: true },
  skipFinalSnapshot: true,
});
const restored = new aws.rds.Cluster("restored", {
  clusterIdentifier: "restored",
  engine: "aurora-postgresql",
  snapshotIdentifier: snapshot.id,
  skipFinalSnapshot: true,
});
const found = aws.rds.getClusterOutput({ clusterIdentifier: restored.id });
export const members = aws.rds.getClusterOutput({ clusterIdentifier: writer.clusterIdentifier }).clusterMembers;
export const names = [clone.databaseName, found.databaseName];
export const isWriter = writer.writer;
`;
  const project = await createProject(t, { program, environment: aws.environment });
  await up(project);
  const { members, names, isWriter } = await project.outputs();
  assert.equal((members as string[]).length, 1);
  assert.deepEqual([names, isWriter], [["app", "app"], true]);
  const { output: state } = await project.pulumi("stack", "export");
  assert.doesNotMatch(state, /a-password-of-the-tests/);
  const unchanged = await project.pulumi("up", "--yes", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(destroyed.exitCode, 0, destroyed.output);
});
