import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createCluster, createInstance } from "../aws/database.ts";
import { refuseSnapshots } from "../aws/faults/database-state.ts";
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

test("an explicit provider brings region, address and credentials", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app" });
  const settings = {
    region: aws.region,
    endpoints: [{ rds: aws.endpoint }],
    accessKey: aws.credentials.accessKeyId,
    secretKey: aws.credentials.secretAccessKey,
  };
  const program = snapshotProgram("first", "{ provider }").replace(
    "const snapshot",
    `const provider = new aws.Provider("explicit", ${JSON.stringify(settings)});\nconst snapshot`,
  );
  const project = await createProject(t, { program });
  await up(project);
  assert.deepEqual(await snapshotsOf(aws), ["first"]);
});
