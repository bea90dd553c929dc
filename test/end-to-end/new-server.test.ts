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
