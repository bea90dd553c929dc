import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { connectionOf, createProject } from "./project.ts";

// Stands in for a server that the same stack creates: its port is not known before the deployment.
const program = `
import * as pulumi from "@pulumi/pulumi";
import { DatabaseMigration } from "pulumi-pg-migrations";

const provider = {
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "server", outs: { actualPort: inputs.port } }),
};
class Server extends pulumi.dynamic.Resource {}
const { connection, migrations } = new pulumi.Config("pulumi-pg-migrations").requireObject("program");
const server = new Server(provider, "server", { port: connection.port, actualPort: undefined });
const migration = new DatabaseMigration("app", {
  connection: { ...connection, port: server.actualPort },
  migrations,
  backup: { none: "a test" },
});
export const version = migration.version;
`;

test("a server of the same stack gets a plan for an empty database in preview, and its migrations in up", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      program: { connection: connectionOf(database), migrations: "migrations" },
      ...{ connection: {}, migrations: "migrations", backup: {} },
    },
    environment: { TEST_PGPASSWORD: database.password },
    program,
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");

  const preview = await project.pulumi("preview");
  assert.equal(preview.exitCode, 0, preview.output);
  assert.match(preview.output, /planned for a new, empty database\.\n\s+1 migration pending .*:\n\s+1_gifts/);

  const up = await project.pulumi("up", "--yes");
  assert.equal(up.exitCode, 0, up.output);
  assert.match(up.output, /version: "1_gifts"/);
  assert.deepEqual(await query(database, "SELECT id FROM gifts"), []);

  const refreshed = await project.pulumi("refresh", "--yes", "--skip-preview");
  assert.equal(refreshed.exitCode, 0, refreshed.output);
  const unchanged = await project.pulumi("preview", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);
});

// Makes its database beforehand, without telling the migration by an output; exports nothing.
const dependingProgram = `
import * as pulumi from "@pulumi/pulumi";
import { DatabaseMigration, tableExists } from "pulumi-pg-migrations";

const provider = {
  diff: async () => ({ changes: false }),
  create: async ({ host, port, user, database }) => {
    const { createDatabase } = await import("pulumi-pg-migrations/engine");
    await createDatabase({ host, port, user, database, passwordVariable: "TEST_PGPASSWORD" });
    return { id: database, outs: {} };
  },
};
const { connection, migrations } = new pulumi.Config("pulumi-pg-migrations").requireObject("program");
// Its output is an input, and so known in preview, as the name of a database is.
const providerThatNames = { ...provider, create: async (inputs) => ({ ...(await provider.create(inputs)), outs: inputs }) };
class Database extends pulumi.dynamic.Resource {}
const made = new Database(provider, "made", connection);
new DatabaseMigration(
  "app",
  { connection, migrations, backup: { none: "a test" }, checks: [tableExists("gifts")] },
  { dependsOn: made },
);
`;

test("a database whose name is known before it exists is waited for", async (t) => {
  const server = await createTestDatabase(t);
  const database = { ...server, database: `${server.database}_named` };
  t.after(() =>
    query({ ...server, database: "postgres" }, `DROP DATABASE IF EXISTS ${database.database} WITH (FORCE)`),
  );
  const project = await createProject(t, {
    configuration: {
      program: { connection: connectionOf(database), migrations: "migrations" },
      ...{ connection: {}, migrations: "migrations", backup: {} },
    },
    environment: { TEST_PGPASSWORD: server.password },
    program: dependingProgram
      .replace("made = new Database(provider, ", "made = new Database(providerThatNames, ")
      .replace(
        "  { connection, migrations,",
        "  { connection: { ...connection, database: made.database }, migrations,",
      )
      .replace("  { dependsOn: made },\n", ""),
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");

  const preview = await project.pulumi("preview");
  assert.equal(preview.exitCode, 0, preview.output);
  assert.match(preview.output, /planned for a new, empty database\./);
  const up = await project.pulumi("up", "--yes");
  assert.equal(up.exitCode, 0, up.output);
  assert.deepEqual(await query(database, "SELECT id FROM gifts"), []);
});

test("the program connects only after what the migration depends on is deployed", async (t) => {
  const server = await createTestDatabase(t);
  const database = { ...server, database: `${server.database}_made` };
  t.after(() =>
    query({ ...server, database: "postgres" }, `DROP DATABASE IF EXISTS ${database.database} WITH (FORCE)`),
  );
  const project = await createProject(t, {
    configuration: {
      program: { connection: connectionOf(database), migrations: "migrations" },
      ...{ connection: {}, migrations: "migrations", backup: {} },
    },
    environment: { TEST_PGPASSWORD: server.password },
    program: dependingProgram,
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");

  const up = await project.pulumi("up", "--yes");
  assert.equal(up.exitCode, 0, up.output);
  assert.deepEqual(await query(database, "SELECT id FROM gifts"), []);

  // Nothing is exported, so nothing of the program waits for what is wrong.
  await query(database, "DROP TABLE gifts");
  const violated = await project.pulumi("preview");
  assert.notEqual(violated.exitCode, 0, violated.output);
  assert.match(violated.output, /has a problem: 1 of 1 check failed:\s+✗ table gifts exists/);
  assert.doesNotMatch(violated.output, /\.ts:\d+:\d+|Warning/);
});
