import assert from "node:assert/strict";
import { test } from "node:test";
import { createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { pointEndpointsAt } from "../aws/faults/endpoint.ts";
import { createTestDatabase } from "../database.ts";
import { createOwner, setPassword } from "./dumps.ts";
import { assertAbsent, assertAbsentFromFiles, watchProcesses } from "./leaks.ts";
import { createProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const [password, next] = [`pr'0"of\\ 100%@/:$x&é`, `n3xt'0"of\\ 100%@/:$x&é`];

test("the password that a restore proof connects with is found nowhere, and may change while nothing is pending", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const database = await createTestDatabase(t);
  const user = await createOwner(t, database, password);
  const { host, port } = database;
  // The database itself stands for what is restored of it.
  pointEndpointsAt(aws, { database: (id) => id.includes("-proof-"), host, port });
  const requirements = { minFreeStoragePercent: 0 };
  const project = await createProject(t, {
    configuration: {
      connection: { host, port, database: database.database, user },
      migrations: "migrations",
      backup: { rdsSnapshot: { instance: "app-prod", pollMs: 100, proveRestore: true, requirements } },
      checks: [{ kind: "returnsNoRows", name: "no zero", sql: "SELECT 0 WHERE 1 = 0" }],
    },
    environment: aws.environment,
  });
  await succeeds(project, "config", "set", "--secret", "--path", "connection.password", password);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  const processes = watchProcesses();
  const printed = [await up(project, "--diff")];
  const [backup] = (await project.outputs())["backups"] as { verified: { by: string; checks: number } }[];
  assert.deepEqual([backup?.verified.by, backup?.verified.checks], ["restore", 1]);

  await setPassword(database, user, next);
  await succeeds(project, "config", "set", "--secret", "--path", "connection.password", next);
  // The verification alone keeps the connection, and takes the new one over.
  await up(project);
  printed.push(await up(project, "--expect-no-changes", "--diff"));
  assert.doesNotMatch(printed.at(-1) ?? "", /^\s*[~+-] /m);

  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  // Once it is restored the server refuses the password.
  const removed = aws.intercept({ action: "DeleteDBInstance" }, { delayMs: 0 });
  const refused = aws.intercept(
    { action: "RestoreDBInstanceFromDBSnapshot" },
    {
      rewrite: (xml) => {
        void setPassword(database, user, "another");
        return xml;
      },
    },
  );
  printed.push(
    await fails(
      project,
      ["up", "--yes", "--skip-preview"],
      /The snapshot was restored, but: .*refuses the password/s,
    ),
  );
  assert.deepEqual([refused.count, removed.count], [1, 1]);
  const { commandLines } = processes.stop();
  const [outputs, state] = [await project.outputs(), await succeeds(project, "stack", "export")];
  for (const secret of [password, next]) {
    assertAbsent(secret, "process lists", commandLines);
    assertAbsent(secret, "printed lines", printed.join("\n"));
    assertAbsent(secret, "outputs", JSON.stringify(outputs));
    assertAbsent(secret, "exported state", state);
    assertAbsentFromFiles(secret, `${project.dir}/state`);
    for (const { parameters } of aws.calls())
      assertAbsent(secret, "what was sent to AWS", JSON.stringify(parameters));
  }
});

test("a program that does not say that its password is secret does not put it into the state either", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const { host, port, user, database, ...secret } = await createTestDatabase(t);
  pointEndpointsAt(aws, { database: (id) => id.includes("-proof-"), host, port });
  const connection = { host, port, user, database, password: secret.password };
  const program = `
    import { RdsSnapshot } from "./components/index.ts";
    new RdsSnapshot("upgrade", { instance: "app-prod", proveRestore: true, pollMs: 100,
      requirements: { minFreeStoragePercent: 0 }, connection: ${JSON.stringify(connection)} });`;
  const project = await createProject(t, { program, environment: aws.environment });
  await up(project);
  assertAbsent(secret.password, "exported state", await succeeds(project, "stack", "export"));
});
