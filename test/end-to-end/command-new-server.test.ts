import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { connectionOf, createProject } from "./project.ts";
import { succeeds, up } from "./up.ts";

// Stands in for a server that the same stack creates: its port is not known before the deployment.
const program = `
import * as pulumi from "@pulumi/pulumi";
import { CommandMigrationRun } from "pulumi-pg-migrations";

const provider = {
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "server", outs: { actualPort: inputs.port } }),
};
class Server extends pulumi.dynamic.Resource {}
const { connection } = new pulumi.Config("pulumi-pg-migrations").requireObject("program");
const server = new Server(provider, "server", { port: connection.port, actualPort: undefined });
const run = new CommandMigrationRun("app", {
  connection: { ...connection, port: server.actualPort },
  migrations: "migrations",
  command: "psql -f migrations/1.rb",
});
export const applied = run.applied;
`;

test("a run alone brings a server of the same stack up to date, and is foreseen by preview", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      program: { connection: connectionOf(database) },
      ...{ connection: {}, migrations: "migrations", backup: {} },
    },
    environment: { TEST_PGPASSWORD: database.password },
    program,
  });
  // No format that can be read.
  await writeFile(join(project.dir, "migrations", "1.rb"), "CREATE TABLE gifts (id int);");
  const preview = await succeeds(project, "preview");
  assert.match(preview, /planned for a new, empty database\.\s+1 migration pending .*files-/s);
  await up(project);
  assert.deepEqual(await query(database, "SELECT id FROM gifts"), []);
  assert.match(JSON.stringify(await project.outputs()), /^\{"applied":\["files-\w{12}"\]\}$/);
  await up(project, "--expect-no-changes");
});
