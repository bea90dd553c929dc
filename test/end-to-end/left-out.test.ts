import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { connectionOf, createMigratedProject, createProject } from "./project.ts";
import { succeeds, up } from "./up.ts";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { DatabaseMigration } from "./components/index.ts";
const migration = new DatabaseMigration("app", {
  connection: { urlVariable: "DATABASE_URL" },
  migrations: "migrations",
  backup: { none: "a test" },
});
class App extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("shop:index:App", name, {}, opts);
    this.registerOutputs();
  }
}
new App("api", { dependsOn: migration });
export const ready = migration.ready;
`;

test("an up that leaves the migrations out says so, and is not ready", async (t) => {
  const { host, port, user, password, database: name } = await createTestDatabase(t);
  const project = await createProject(t, {
    program,
    environment: { DATABASE_URL: `postgresql://${user}:${password}@${host}:${port}/${name}` },
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  assert.equal((await project.outputs())["ready"], true);

  await project.writeMigration("2_more", "CREATE TABLE more (id int);");
  const limited = await up(project, "--target", "urn:pulumi:test::pulumi-pg-migrations::shop:index:App::api");
  assert.match(
    limited,
    /1 pending step was left out, because this deployment was limited by --target or --exclude: 2_more\./,
  );
  assert.equal((await project.outputs())["ready"], false);
  await up(project);
  assert.equal((await project.outputs())["ready"], true);
});

test("after an up that applied something, a refresh reports no change", async (t) => {
  const checks = [{ kind: "noDuplicates", column: "gifts.id" }];
  const { project } = await createMigratedProject(t, { checks, backup: { databaseCopy: {} } });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  await succeeds(project, "refresh", "--preview-only", "--expect-no-changes");
  await succeeds(project, "refresh", "--yes", "--expect-no-changes");
  await project.writeMigration("2_more", "CREATE TABLE more (id int);");
  assert.match(await up(project), /1 migration applied/);
  await succeeds(project, "refresh", "--yes", "--expect-no-changes");
  await succeeds(project, "preview", "--expect-no-changes");
});

test("a connection that has changed with nothing pending reaches the next refresh", async (t) => {
  const { project, database } = await createMigratedProject(t, {
    checks: [{ kind: "noDuplicates", column: "gifts.id" }],
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  const moved = await createTestDatabase(t);
  await query(moved, "CREATE TABLE gifts (id int)");
  const rows = await query(database, "SELECT * FROM _prisma_migrations");
  assert.equal(rows.length, 1);
  const configuration = {
    connection: connectionOf(moved),
    migrations: "migrations",
    backup: { none: "a test" },
    checks: [{ kind: "noDuplicates", column: "gifts.id" }],
    baseline: "1_gifts",
  };
  await project.configure(configuration);
  await up(project);
  await project.configure({ ...configuration, connection: connectionOf(database) });
  await up(project);
  await query(moved, "INSERT INTO gifts VALUES (1), (1)");
  const well = await succeeds(project, "refresh", "--yes");
  assert.doesNotMatch(well, /violation/);
  await query(database, "INSERT INTO gifts VALUES (7), (7)");
  assert.match(await succeeds(project, "refresh", "--yes"), /no duplicates in gifts\.id: 1 violation/);
});
