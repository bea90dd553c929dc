import assert from "node:assert/strict";
import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import { test } from "node:test";
import { createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { setLatestRestorableTime } from "../aws/faults/database-state.ts";
import { stateOf } from "../database-state.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

type T = Parameters<typeof createAws>[0];

const upNow = ["up", "--yes", "--skip-preview"];
const requirements = { minFreeStoragePercent: 0 };

async function createStack(t: T, backup: object | object[]) {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const { project, database } = await createMigratedProject(t, { backup }, aws.environment);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  const configure = (changed: object | object[]): Promise<void> =>
    project.configure({ connection: connectionOf(database), migrations: "migrations", backup: changed });
  return { aws, project, database, configure };
}

async function backupsOf(project: Project): Promise<{ id: string; method: string; takenAt: string }[]> {
  return (await project.outputs())["backups"] as never;
}

test("a restore point is recorded before each run, once AWS can restore to it, and never without automated backups", async (t) => {
  const point = { pointInTimeRecovery: { instance: "app-prod", pollMs: 100 } };
  const { aws, project, database } = await createStack(t, point);
  const retention = (days: number) =>
    aws.rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: "app-prod", BackupRetentionPeriod: days }),
    );
  await retention(0);
  const before = await stateOf(database);
  for (const args of [["preview"], upNow])
    await fails(project, args, /The instance app-prod has no automated backups; 1 day are required/);
  assert.deepEqual(await stateOf(database), before);
  await retention(7);

  const behind = setLatestRestorableTime(aws, { database: "app-prod", time: new Date(Date.now() - 240_000) });
  const running = project.pulumi(...upNow);
  while (behind.count < 4) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await stateOf(database), before, "nothing is applied before AWS can restore to the point");
  behind.remove();
  const { exitCode, output } = await running;
  assert.equal(exitCode, 0, output);
  assert.match(output, /app-prod can be restored up to .*; waiting for /);
  const [first] = await backupsOf(project);
  assert.equal(first?.method, "pointInTimeRecovery");
  const calls = aws.calls().length;
  await up(project, "--expect-no-changes");
  assert.equal(aws.calls().length, calls);
  await project.writeMigration("2_donations", "CREATE TABLE donations (id int);");
  await up(project);
  assert.notEqual((await backupsOf(project))[0]?.id, first.id);
});

test("a named snapshot is relied on only while it is there, of this instance, and young", async (t) => {
  const existing = { existing: { rdsSnapshot: "by-hand", instance: "app-prod" } };
  const { aws, project, database, configure } = await createStack(t, existing);
  const before = await stateOf(database);
  for (const args of [["preview"], upNow])
    await fails(project, args, /The instance snapshot by-hand does not exist/);
  await createInstance(aws, { DBInstanceIdentifier: "other" });
  for (const [instance, snapshot] of [
    ["app-prod", "by-hand"],
    ["other", "of-another"],
  ] as const)
    await aws.rds.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: snapshot }),
    );
  await configure({ existing: { rdsSnapshot: "of-another", instance: "app-prod" } });
  await fails(project, ["preview"], /The snapshot of-another is of other, not of app-prod/);
  await configure({ existing: { rdsSnapshot: "by-hand", instance: "app-prod", maxAgeMinutes: 0.001 } });
  await fails(project, upNow, /was taken \d+ minutes ago.*Everything written since would be lost/s);
  assert.deepEqual(await stateOf(database), before);
  await configure(existing);
  await up(project);
  assert.equal((await backupsOf(project))[0]?.id, "by-hand");
  await up(project, "--expect-no-changes");
});

test("of several backups each is taken, in order, and all of them before the run", async (t) => {
  const several = [
    { databaseCopy: {} },
    { rdsSnapshot: { instance: "app-prod", pollMs: 100, requirements } },
  ];
  const { aws, project, database, configure } = await createStack(t, several);
  t.after(() => dropCopies(database));
  await up(project);
  assert.deepEqual(
    (await backupsOf(project)).map(({ method }) => method),
    ["databaseCopy", "rdsSnapshot"],
  );
  await up(project, "--expect-no-changes");

  // The second fails: the first was taken, and nothing is applied.
  const before = await stateOf(database);
  await configure([{ databaseCopy: {} }, { rdsSnapshot: { instance: "lost", pollMs: 100, requirements } }]);
  await project.writeMigration("2_donations", "CREATE TABLE donations (id int);");
  await fails(project, upNow, /The RDS instance lost does not exist in eu-central-1/);
  assert.deepEqual(await stateOf(database), before);

  // Another backup instead: Pulumi forgets the ones from before, AWS and the server do not.
  await configure({ existing: { databaseCopy: (await copiesOf(database))[0] } });
  await up(project);
  assert.deepEqual(
    (await backupsOf(project)).map(({ method }) => method),
    ["databaseCopy"],
  );
  const { DBSnapshots = [] } = await aws.rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  assert.equal(DBSnapshots.length, 1);
  assert.deepEqual(aws.calls("DeleteDBSnapshot"), []);
});

test("the reason for no backup stands in preview and in the report of a run that failed half-way", async (t) => {
  const { project } = await createStack(t, { none: "the data are made anew each night" });
  await project.writeMigration("2_bad", "SELECT 1 / 0;");
  assert.match(
    await succeeds(project, "preview"),
    /No backup will be taken: the data are made anew each night/,
  );
  await fails(project, upNow, /No backup was taken before this run: the data are made anew each night/);
});
