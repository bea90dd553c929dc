import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { query } from "../database-state.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { writePrismaTool } from "./command-tool.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const now = ["up", "--yes", "--skip-preview"];

async function timesStarted(project: Project): Promise<number> {
  const file = await readFile(join(project.dir, "started"), "utf8").catch(() => "");
  return file.split("\n").length - 1;
}

async function createToolProject(t: TestContext, configuration: object = {}) {
  const { project, database } = await createMigratedProject(t);
  const base = {
    connection: connectionOf(database),
    migrations: "migrations",
    backup: { none: "a test" },
    ...configuration,
  };
  const useTool = async (environment: Record<string, string> = {}): Promise<void> =>
    project.configure({ ...base, ...(await writePrismaTool(project, environment)) });
  const useNoTool = (): Promise<void> => project.configure(base);
  await useTool();
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  return { project, database, useTool, useNoTool };
}

test("a tool that leaves something pending fails up, which names it, until it leaves nothing", async (t) => {
  const { project, database, useTool } = await createToolProject(t);
  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  await useTool({ LEAVE: "2_donors" });
  for (const attempt of [1, 2]) {
    await fails(
      project,
      now,
      /`node tool\.mjs` succeeded, yet the ledger says.*1 migration pending:\s+2_donors.*No backup was taken/s,
    );
    assert.equal(await timesStarted(project), attempt);
  }
  await useTool();
  await up(project);
  assert.deepEqual((await project.outputs())["applied"], { count: 1, first: "2_donors", last: "2_donors" });
  assert.equal((await project.outputs())["version"], "2_donors");
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 2);
  await up(project, "--expect-no-changes");
  assert.equal(await timesStarted(project), 3);
});

test("the ledger alone decides: a tool that comes to a finished database is not started, one whose ledger was put back is", async (t) => {
  const { project, database, useTool, useNoTool } = await createToolProject(t);
  await useNoTool();
  await up(project);
  await useTool();
  await up(project);
  await up(project, "--expect-no-changes");
  assert.equal(await timesStarted(project), 0);

  await query(database, "DELETE FROM _prisma_migrations");
  await query(database, "DROP TABLE gifts");
  await up(project);
  assert.equal(await timesStarted(project), 1);
  await project.configure({
    connection: { ...connectionOf(database), connectTimeoutSeconds: 7 },
    migrations: "migrations",
    backup: { none: "a test" },
    command: "another tool",
  });
  // Only the verification learns of another connection.
  await up(project);
  await up(project, "--expect-no-changes");
  assert.equal(await timesStarted(project), 1);

  await useNoTool();
  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  assert.match(await up(project), /1 migration applied/);
});

test("a check that does not hold after the tool is reported with the backup from before, until it holds", async (t) => {
  const checks = [{ kind: "returnsNoRows", name: "no gifts", sql: "SELECT id FROM gifts" }];
  const { project, database } = await createToolProject(t, { checks, backup: { databaseCopy: {} } });
  t.after(() => dropCopies(database));
  await up(project);
  await project.writeMigration("2_gift", "INSERT INTO gifts VALUES (118);");
  await fails(
    project,
    now,
    /After `node tool\.mjs`, 1 of 1 check failed:.*no gifts: 1 violation.*118.*stays applied.*from before this run is \w+_copy_\w+/s,
  );
  const [row] = await query(database, "SELECT count(*)::int AS count FROM gifts");
  assert.deepEqual({ ...row }, { count: 1 });
  assert.equal((await copiesOf(database)).length, 2);
  await fails(project, ["preview"], /no gifts: 1 violation/);
  await fails(project, now, /no gifts: 1 violation/);
  await query(database, "DELETE FROM gifts");
  await up(project);
  await succeeds(project, "preview", "--expect-no-changes");
  assert.equal(await timesStarted(project), 2);
});

test("without the backups that this deployment has to take the tool is not started", async (t) => {
  const { project, database } = await createToolProject(t, { backup: { databaseCopy: {} } });
  t.after(() => dropCopies(database));
  await up(project);
  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  const targets = ["CommandAttempt", "command:local:Command", "CommandRun"].flatMap((type) => [
    "--target",
    `**${type}::**`,
  ]);
  await fails(project, [...now, ...targets], /has not taken the backup.*Nothing was applied/s);
  assert.equal(await timesStarted(project), 1);
});
