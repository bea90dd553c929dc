import assert from "node:assert/strict";
import { test } from "node:test";
import { createAws } from "../aws/aws.ts";
import { setDatabaseStatus } from "../aws/faults/database-state.ts";
import { pointEndpointsAt } from "../aws/faults/endpoint.ts";
import { createProject, type Project } from "./project.ts";

async function up(project: Project): Promise<void> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(exitCode, 0, output);
}

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
