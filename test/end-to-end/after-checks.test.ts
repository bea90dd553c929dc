import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { connectionOf, createProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const program = `
import { DatabaseMigration, http, lockWaitsBelow, returnsNoRows, Watch } from "pulumi-pg-migrations";

const connection = JSON.parse(process.env.CONNECTION ?? "");
const migration = new DatabaseMigration("app", {
  connection,
  migrations: "migrations",
  backup: { databaseCopy: {} },
  checks: [
    http("the application is ready", process.env.URL + "/ready", { json: { database: "ok" }, retries: 1, retryDelayMs: 50 }),
    returnsNoRows("few rows", "SELECT count(*) AS n FROM a HAVING count(*) > 5", { severity: "warn", when: ["standing"] }),
    returnsNoRows("only in production", "SELECT 1 AS x", { environments: ["test"], when: ["standing"], severity: "warn" }),
  ],
});
new Watch("watch", {
  connection,
  digest: migration.digest,
  pending: migration.pending,
  checks: [http("health", process.env.URL + "/health", { retries: 0 }), lockWaitsBelow(5000)],
  minutes: 0.02,
  intervalSeconds: 0.2,
}, { dependsOn: migration });
export const ready = migration.ready;
`;

test("what is looked at after a run fails the deployment until it is well, and a watch follows it", async (t) => {
  const answers = {
    "/ready": { status: 200, body: { database: "down" } },
    "/health": { status: 200, body: {} },
  };
  const server = createServer((request, response) => {
    const { status, body } = answers[request.url as keyof typeof answers];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const database = await createTestDatabase(t);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const project = await createProject(t, {
    program,
    environment: {
      TEST_PGPASSWORD: database.password,
      CONNECTION: JSON.stringify(connectionOf(database)),
      URL: url,
    },
  });
  await project.writeMigration("1_a", "CREATE TABLE a (b int); INSERT INTO a SELECT generate_series(1, 6)");

  const failed = await fails(
    project,
    ["up", "--yes", "--skip-preview"],
    /the application is ready: 1 violation/,
  );
  assert.match(failed, /The backup from before this run is/);
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 1, "it stays applied");
  // Nothing is pending any more, and it is looked at again all the same.
  const again = await fails(
    project,
    ["up", "--yes", "--skip-preview"],
    /the application is ready: 1 violation/,
  );
  assert.doesNotMatch(again, /looks: all signals/);

  answers["/ready"].body.database = "ok";
  const ready = await up(project);
  assert.match(ready, /⚠ few rows: 1 violation/);
  assert.match(ready, /⚠ only in production/);
  await succeeds(project, "preview", "--expect-no-changes");

  await project.writeMigration("2_b", "CREATE TABLE b ()");
  answers["/health"].status = 503;
  await fails(
    project,
    ["up", "--yes", "--skip-preview"],
    /Watched for [\d.]+ m?s, 3 looks\. Bad for too long:[\s\S]*health/,
  );
  answers["/health"].status = 200;
  await up(project);
  await succeeds(project, "preview", "--expect-no-changes");
  await project.writeMigration("3_c", "CREATE TABLE c ()");
  assert.match(await up(project), /Watched for [\d.]+ m?s, \d+ looks: all signals stayed good\./);

  await project.writeProgram(program.replace('environments: ["test"]', 'environments: ["staging"]'));
  await fails(
    project,
    ["preview"],
    /Check "only in production" is for the environment "staging", which has no stack/,
  );
});
