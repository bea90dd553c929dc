import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { startEmbeddedServer, stopEmbeddedServer } from "../../scripts/embedded-postgres.ts";
import { type Aws, createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { pointEndpointsAt } from "../aws/faults/endpoint.ts";
import type { TestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { createMigratedProject, type Project } from "./project.ts";
import { fails, up } from "./up.ts";

type T = Parameters<typeof createAws>[0];

const checks = [
  { kind: "returnsNoRows", name: "no gift without a donor", sql: "SELECT id FROM gifts WHERE donor IS NULL" },
  { kind: "tableExists", table: "donations" },
];
const requirements = { minFreeStoragePercent: 0 };
const rdsSnapshot = { instance: "app-prod", pollMs: 100, proveRestore: true, requirements };

/** A server of its own stands for the restored instance: same role, same password, a database of the same name. */
async function restoredServer(t: T, { database, password }: TestDatabase): Promise<TestDatabase> {
  const name = `restored-${process.pid}`;
  t.after(() => stopEmbeddedServer(name));
  const server = await startEmbeddedServer({ name, settings: { fsync: "off" } });
  const maintenance = { ...server, database: "postgres" };
  await query(maintenance, `CREATE DATABASE ${database}`);
  await query(maintenance, `ALTER ROLE ${server.user} PASSWORD '${password}'`);
  return { host: server.host, port: server.port, user: server.user, password, database };
}

async function instances({ rds }: Aws): Promise<string[]> {
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({}));
  return DBInstances.map(({ DBInstanceIdentifier = "" }) => DBInstanceIdentifier);
}

async function writeMigrations(project: Project, migrations: Record<string, string>): Promise<void> {
  for (const [name, sql] of Object.entries(migrations)) await project.writeMigration(name, sql);
}

test("each snapshot is restored, looked at, measured and the temporary instance removed, or nothing is applied", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const { project, database } = await createMigratedProject(
    t,
    { checks, backup: { rdsSnapshot } },
    aws.environment,
  );
  const restored = await restoredServer(t, database);
  const { host, port } = restored;
  pointEndpointsAt(aws, { database: (id) => id.includes("-proof-"), host, port });

  await writeMigrations(project, {
    "1_gifts": "CREATE TABLE gifts (id int, donor text);",
    "2_donations": "CREATE TABLE donations (id int);",
  });
  // Nothing holds before the first run, so nothing is asked of what was restored.
  assert.match(await up(project), /was restored in \d+\.\d minutes, and 0 checks hold in it/);
  for (const table of ["gifts (id int, donor text)", "donations (id int)"])
    await query(restored, `CREATE TABLE ${table}`);

  await writeMigrations(project, { "3_index": "CREATE INDEX ON gifts (donor);" });
  await up(project);
  const [backup] = (await project.outputs())["backups"] as { verified: Record<string, unknown> }[];
  assert.deepEqual({ ...backup?.verified, restoreMs: 0 }, { by: "restore", checks: 2, restoreMs: 0 });
  assert.deepEqual(await instances(aws), ["app-prod"]);

  const restores = aws.calls("RestoreDBInstanceFromDBSnapshot").length;
  await up(project, "--expect-no-changes");
  assert.equal(aws.calls("RestoreDBInstanceFromDBSnapshot").length, restores);

  await writeMigrations(project, { "4_note": "ALTER TABLE gifts ADD note text;", "5_bad": "SELECT 1 / 0;" });
  const upNow = ["up", "--yes", "--skip-preview"];
  await fails(
    project,
    upNow,
    /division by zero.*is app-prod-before-\w+-1 \(restoring it took [\d.]+ m?s when it was tried\)/s,
  );

  await query(restored, "INSERT INTO gifts VALUES (7, NULL)");
  const before = await stateOf(database);
  const output = await fails(
    project,
    upNow,
    /The snapshot was restored, but .*no gift without a donor.*Nothing was applied/s,
  );
  assert.match(output, /id\s+7/);
  assert.deepEqual(await stateOf(database), before);
  assert.deepEqual(await instances(aws), ["app-prod"]);
});
