import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { keepSnapshotsCreating } from "../aws/faults/snapshot-creation.ts";
import { query } from "../database-state.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";

const gifts = "CREATE TABLE gifts (id int);";
const up = ["up", "--yes", "--skip-preview"];

/** A stack with one migration, and options of its snapshots. */
async function createStack(t: Parameters<typeof createAws>[0], options: object = {}) {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const requirements = { minFreeStoragePercent: 0 };
  const backup = { rdsSnapshot: { instance: "app-prod", pollMs: 200, requirements, ...options } };
  const { project, database } = await createMigratedProject(t, { backup }, aws.environment);
  await project.writeMigration("1_gifts", gifts);
  return { aws, project, database, backup };
}

async function succeeds(project: Project, ...args: string[]): Promise<string> {
  const { exitCode, output } = await project.pulumi(...args);
  assert.equal(exitCode, 0, output);
  return output;
}

/** Ends Pulumi and everything that it has started, as a machine that fails does. */
function killPulumi({ dir }: Project): void {
  const found = execFileSync("/bin/sh", [
    "-c",
    `grep -lz '^PULUMI_HOME=${dir}/' /proc/[0-9]*/environ 2>/dev/null || true`,
  ]);
  for (const [, pid] of found.toString().matchAll(/\/proc\/(\d+)\//g))
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended by itself.
    }
}

test("a run that is picked by --target does not begin with the snapshot of an older run", async (t) => {
  const { project, database } = await createStack(t);
  await succeeds(project, ...up);
  const [run = assert.fail()] =
    /urn:\S+-run-apply/.exec(await succeeds(project, "stack", "--show-urns")) ?? [];
  await project.writeMigration("2_donations", "CREATE TABLE donations (id int);");
  const { exitCode, output } = await project.pulumi(...up, "--target", run);
  assert.notEqual(exitCode, 0);
  assert.match(output, /has not taken the backup that the pending migrations need.*Nothing was applied/);
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 1);
  await succeeds(project, ...up);
});

test("where nothing was ever pending, preview shows no snapshot either", async (t) => {
  const { aws, project, database, backup } = await createStack(t);
  await succeeds(project, ...up);
  const { project: adopted } = await createMigratedProject(
    t,
    { connection: connectionOf(database), backup },
    { ...aws.environment, TEST_PGPASSWORD: database.password },
  );
  await adopted.writeMigration("1_gifts", gifts);
  assert.doesNotMatch(await succeeds(adopted, "preview"), /aws:rds:Snapshot/);
  await succeeds(adopted, ...up);
  await succeeds(adopted, "preview", "--expect-no-changes");
});

test("the snapshot of a deployment that was killed is taken over by the next, not asked for again", async (t) => {
  const { aws, project } = await createStack(t);
  const creating = keepSnapshotsCreating(aws, { polls: Infinity });
  const killed = project.pulumi(...up);
  while (aws.calls("CreateDBSnapshot").length === 0) await sleep(50);
  killPulumi(project);
  assert.notEqual((await killed).exitCode, 0);
  await project.pulumi("cancel", "--yes");
  creating.remove();
  await succeeds(project, ...up);
  await succeeds(project, ...up, "--expect-no-changes");
  assert.equal(aws.calls("CreateDBSnapshot").length, 1);
});
