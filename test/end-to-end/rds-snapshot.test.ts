import assert from "node:assert/strict";
import { test } from "node:test";
import { DeleteDBSnapshotCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { type Aws, createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { exceedSnapshotQuota, expireCredentials } from "../aws/faults/call-failure.ts";
import { refuseSnapshots, setDatabaseStatus } from "../aws/faults/database-state.ts";
import { putMetric } from "../aws/faults/metric.ts";
import { failSnapshots, keepSnapshotsCreating } from "../aws/faults/snapshot-creation.ts";
import type { TestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";

type T = Parameters<typeof createAws>[0];

const gifts = "CREATE TABLE gifts (id int);";
const donations = "CREATE TABLE donations (id int);";

interface Stack {
  aws: Aws;
  project: Project;
  database: TestDatabase;
  snapshots: () => Promise<string[]>;
}

/** A stack whose database is, as far as AWS says, the instance app-prod. */
async function createStack(t: T, options: object = {}): Promise<Stack> {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const time = new Date(Date.now() - 60_000);
  await putMetric(aws, { instance: "app-prod", name: "FreeStorageSpace", value: 15 * 1024 ** 3, time });
  const { project, database } = await createMigratedProject(
    t,
    { backup: { rdsSnapshot: { instance: "app-prod", pollMs: 200, ...options } } },
    aws.environment,
  );
  const snapshots = async (): Promise<string[]> => {
    const { DBSnapshots = [] } = await aws.rds.send(
      new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }),
    );
    return DBSnapshots.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier).sort();
  };
  return { aws, project, database, snapshots };
}

async function up(project: Project): Promise<string> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(exitCode, 0, output);
  return output;
}

async function upFails(project: Project, says: RegExp): Promise<string> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(exitCode, 0, output);
  assert.match(output, says);
  return output;
}

test("a snapshot is available before the first migration begins; without one pending none is taken; destroy leaves all", async (t) => {
  const { aws, project, database, snapshots } = await createStack(t);
  await project.writeMigration("1_gifts", gifts);
  const preview = await project.pulumi("preview");
  const found = /The snapshot (app-prod-before-\w+-1) of the instance app-prod will be taken/.exec(
    preview.output,
  );
  const announced = found?.[1] ?? assert.fail(preview.output);
  assert.deepEqual(await snapshots(), []);

  keepSnapshotsCreating(aws, { forMs: 1500 });
  const output = await up(project);
  assert.deepEqual(await snapshots(), [announced]);
  assert.match(output, new RegExp(`${announced} is being created: \\d+ %`));
  assert.match(output, new RegExp(`The snapshot ${announced} of .* is available: 20 GiB, kept until`));
  const [row] = await query<{ started_at: Date }>(database, "SELECT started_at FROM _prisma_migrations");
  const [created] = aws.calls("CreateDBSnapshot");
  assert.ok(row !== undefined && created !== undefined);
  assert.ok(
    row.started_at.getTime() > created.time.getTime() + 1500,
    "the run began before the snapshot was available",
  );

  const before = aws.calls().length;
  const again = await project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  assert.equal(again.exitCode, 0, again.output);
  const calls = aws
    .calls()
    .slice(before)
    .map(({ action }) => action);
  assert.deepEqual(calls, ["DescribeDBSnapshots"]);

  await project.writeMigration("2_donations", donations);
  await up(project);
  assert.equal((await snapshots()).length, 2);
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(destroyed.exitCode, 0, destroyed.output);
  assert.equal((await snapshots()).length, 2);
  assert.deepEqual(aws.calls("DeleteDBSnapshot"), []);
});

test("a database on which nothing was ever pending gets no snapshot", async (t) => {
  const { aws, project, database } = await createStack(t);
  await project.writeMigration("1_gifts", gifts);
  await up(project);
  const { project: adopted } = await createMigratedProject(
    t,
    { connection: connectionOf(database), backup: { rdsSnapshot: { instance: "app-prod" } } },
    { ...aws.environment, TEST_PGPASSWORD: database.password },
  );
  await adopted.writeMigration("1_gifts", gifts);
  const before = aws.calls().length;
  await up(adopted);
  assert.equal(
    aws.calls().length,
    before,
    "AWS was asked though nothing is pending and nothing was ever taken",
  );
});

interface Refusal {
  name: string;
  options?: object;
  fault: (aws: Aws) => unknown;
  says: RegExp;
}

const refusals: Refusal[] = [
  {
    name: "an instance that is not available",
    fault: (aws) => setDatabaseStatus(aws, { database: "app-prod", status: "storage-full" }),
    says: /The instance app-prod is storage-full: AWS takes a snapshot only while it is available/,
  },
  {
    name: "an instance that stops being available just then",
    fault: (aws) => refuseSnapshots(aws, { database: "app-prod" }),
    says: /InvalidDBInstanceState.*not currently in the available state/s,
  },
  {
    name: "a quota that is used up",
    fault: exceedSnapshotQuota,
    says: /SnapshotQuotaExceeded/,
  },
  {
    name: "a snapshot that fails",
    fault: (aws) => failSnapshots(aws, { polls: 1 }),
    says: /unexpected state 'failed'|is failed, not available/,
  },
  {
    name: "credentials that expire in mid-wait",
    fault(aws) {
      keepSnapshotsCreating(aws, { polls: Infinity });
      return expireCredentials(aws, { action: "DescribeDBSnapshots", afterCalls: 5 });
    },
    says: /ExpiredToken/,
  },
  {
    name: "a snapshot that is not available in time",
    options: { timeoutMinutes: 0.05 },
    fault: (aws) => keepSnapshotsCreating(aws, { polls: Infinity }),
    says: /timeout while waiting|was not available within/,
  },
];

for (const { name, options, fault, says } of refusals)
  test(`not one statement is run after ${name}`, async (t) => {
    const { aws, project, database } = await createStack(t, options);
    await project.writeMigration("1_gifts", gifts);
    const before = await stateOf(database);
    fault(aws);
    await upFails(project, says);
    assert.deepEqual(await stateOf(database), before);
  });

test("an up that timed out goes on waiting for the same snapshot, and applies nothing until it is available", async (t) => {
  const { aws, project, database, snapshots } = await createStack(t, { timeoutMinutes: 0.05 });
  await project.writeMigration("1_gifts", gifts);
  const creating = keepSnapshotsCreating(aws, { polls: Infinity });
  await upFails(project, /timeout while waiting|was not available within/);
  const taken = await snapshots();
  // Pulumi itself does not wait for it this time: only what is asserted at AWS holds the run back.
  await upFails(project, /was not available within 0\.05 minutes.*AWS is still creating it/s);
  assert.deepEqual(await query(database, "SELECT to_regclass('gifts') AS gifts"), [{ gifts: null }]);
  creating.remove();
  await up(project);
  assert.deepEqual(await snapshots(), taken);
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 1);
});

test("a retry uses a young snapshot again, and takes a new one when it is too old, gone, or the run got on", async (t) => {
  const { aws, project, snapshots } = await createStack(t);
  await project.writeMigration("1_gifts", gifts);
  await project.writeMigration("2_donations", "SELECT 1 / (SELECT count(*) FROM gifts);");
  await upFails(
    project,
    /division by zero.*The backup from before this run is app-prod-before-\w+-1\. To restore it: aws rds --region eu-central-1 restore-db-instance/s,
  );
  assert.equal((await snapshots()).length, 1);
  await upFails(project, /division by zero/);
  const [, second = ""] = await snapshots();
  assert.equal((await snapshots()).length, 2, "the first migration was applied: the position is another one");
  await upFails(project, /division by zero/);
  assert.equal((await snapshots()).length, 2, "a retry from the same position uses the young snapshot");
  await project.pulumi("config", "set", "--path", "backup.rdsSnapshot.reuseMinutes", "0");
  await upFails(project, /division by zero/);
  assert.equal(
    (await snapshots()).length,
    3,
    "a retry takes a new one when the last is too old, though the SQL is the same",
  );
  for (const name of await snapshots())
    if (name !== second) await aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name }));
  await project.pulumi("config", "set", "--path", "backup.rdsSnapshot.reuseMinutes", "15");
  await project.writeMigration("2_donations", donations);
  await up(project);
});

test("with a new snapshot the expired ones are deleted, and nothing else", async (t) => {
  const { aws, project, snapshots } = await createStack(t, { keepNewest: 1 });
  await project.writeMigration("1_gifts", gifts);
  await up(project);
  const [first = ""] = await snapshots();
  aws.intercept(
    { action: "DescribeDBSnapshots" },
    {
      rewrite: (xml) => xml.replace(/(<Key>expires-at<\/Key>\s*<Value>)[^<]*/g, "$12026-01-01T00:00:00.000Z"),
    },
  );
  await project.writeMigration("2_donations", donations);
  const output = await up(project);
  assert.match(output, new RegExp(`Expired snapshots deleted: ${first}\\.`));
  assert.equal((await snapshots()).length, 1);
  assert.ok(!(await snapshots()).includes(first));
});

test("a pending migration that is withdrawn after its snapshot failed does not stop later deployments", async (t) => {
  const { aws, project, snapshots } = await createStack(t);
  await project.writeMigration("1_gifts", gifts);
  await up(project);
  const quota = exceedSnapshotQuota(aws);
  await project.writeMigration("2_donations", donations);
  await upFails(project, /SnapshotQuotaExceeded/);
  await project.removeMigration("2_donations");
  await up(project);
  assert.equal((await snapshots()).length, 1);
  quota.remove();
});
