import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { createAws } from "../aws/aws.ts";
import { createInstance } from "../aws/database.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { useDumpableServer } from "../dumpable-server.ts";
import { archiveFolder, dumpInto } from "./dumps.ts";
import { assertAbsent, assertAbsentFromFiles, watchProcesses } from "./leaks.ts";
import { createMigratedProject, createProject, type Project } from "./project.ts";
import { succeeds, up } from "./up.ts";

useDumpableServer();

// Characters that a URL, a shell, SQL and JSON each write in their own way.
const password = `p'w"d\\ 100%@/:$x&é`;

const ways: Record<string, (database: TestDatabase, user: string) => Way> = {
  "as a Pulumi secret": (database, user) => ({
    connection: { ...addressOf(database), user },
    secret: ["connection.password", password],
    environment: {},
  }),
  "in a URL that is a Pulumi secret": (database, user) => ({
    connection: {},
    secret: ["connection.url", urlOf(database, user)],
    environment: {},
  }),
  "by an environment variable": (database, user) => ({
    connection: { ...addressOf(database), user, passwordVariable: "SECRET_TEST_PASSWORD" },
    secret: undefined,
    environment: { SECRET_TEST_PASSWORD: password },
  }),
  "in a URL by an environment variable": (database, user) => ({
    connection: { urlVariable: "SECRET_TEST_URL" },
    secret: undefined,
    environment: { SECRET_TEST_URL: urlOf(database, user) },
  }),
};

interface Way {
  connection: object;
  secret: [string, string] | undefined;
  environment: Record<string, string>;
}

for (const [name, prepare] of Object.entries(ways))
  test(`a password given ${name} is found nowhere`, async (t) => {
    const database = await createTestDatabase(t);
    const user = await createRole(t, database);
    const way = prepare(database, user);
    const archives = await archiveFolder(t);
    const project = await createProject(t, {
      configuration: {
        connection: way.connection,
        migrations: "migrations",
        backup: dumpInto(archives),
        checks: [{ kind: "returnsNoRows", name: "no gifts", sql: "SELECT id FROM gifts" }],
      },
      environment: way.environment,
    });
    if (way.secret !== undefined) {
      const set = await project.pulumi("config", "set", "--secret", "--path", ...way.secret);
      assert.equal(set.exitCode, 0, set.output);
    }
    await project.writeMigration("1_gifts", "SELECT pg_sleep(1); CREATE TABLE gifts (id int);");
    const processes = watchProcesses();

    const printed = [
      await expectExit(project, 0, "preview", "--diff"),
      await expectExit(project, 0, "up", "--yes", "--skip-preview"),
      await failWithViolation(project),
      await failWithPasswordInScript(project),
      await refreshWithViolation(project, database),
    ];

    const { commandLines, seen } = processes.stop();
    for (const program of ["pulumi", "pg_dump"])
      assert.ok(
        seen.some((line) => line.includes(program)),
        `no process of ${program} was watched`,
      );
    assertAbsent(password, "process lists", commandLines);
    assertAbsent(password, "printed lines", printed.join("\n"));
    assertAbsent(password, "outputs, restore commands among them", JSON.stringify(await project.outputs()));
    assertAbsent(password, "exported state", await expectExit(project, 0, "stack", "export"));
    assertAbsentFromFiles(password, `${project.dir}/state`);
    // The archive itself is data.
    assertAbsentFromFiles(password, archives, (file) => file.endsWith(".json"));
  });

test("a secret access key of AWS is found nowhere", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const CreateBucketConfiguration = { LocationConstraint: "eu-central-1" as const };
  const bucket = `dumps-${aws.accountId}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  const { programs, restore } = dumpInto("").logicalBackup;
  const backup = [
    { rdsSnapshot: { instance: "app-prod", pollMs: 100, requirements: { minFreeStoragePercent: 0 } } },
    { logicalBackup: { target: { bucket, stagingDirectory: await archiveFolder(t) }, programs, restore } },
  ];
  const { project } = await createMigratedProject(t, { backup }, aws.environment);
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  const processes = watchProcesses();
  const printed = await up(project, "--diff");
  const { secretAccessKey } = aws.credentials;
  assertAbsent(secretAccessKey, "process lists", processes.stop().commandLines);
  assertAbsent(secretAccessKey, "printed lines", printed);
  assertAbsent(secretAccessKey, "outputs", JSON.stringify(await project.outputs()));
  assertAbsent(
    secretAccessKey,
    "exported state",
    await succeeds(project, "stack", "export", "--show-secrets"),
  );
  for (const { parameters } of aws.calls())
    assertAbsent(secretAccessKey, "what was sent to AWS", JSON.stringify(parameters));
});

test("a password in clear in the configuration is refused", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      connection: { ...addressOf(database), user: "u", password },
      migrations: "migrations",
      backup: { none: "a test" },
    },
  });
  const output = await expectExit(project, 255, "up", "--yes", "--skip-preview");
  assert.match(output, /holds a password in clear.*pulumi config set --secret/s);
  assertAbsent(password, "printed lines", output);
});

async function failWithViolation(project: Project): Promise<string> {
  await project.writeMigration("2_gift", "INSERT INTO gifts VALUES (1);");
  const output = await expectExit(project, 255, "up", "--yes", "--skip-preview");
  assert.match(output, /no gifts: 1 violation/);
  return output;
}

/** What is read back is written into state once more. */
async function refreshWithViolation(project: Project, database: TestDatabase): Promise<string> {
  await query(database, "INSERT INTO gifts VALUES (1)");
  const output = await expectExit(project, 0, "refresh", "--yes", "--diff");
  assert.match(output, /no gifts: 1 violation/);
  return output;
}

async function failWithPasswordInScript(project: Project): Promise<string> {
  const literal = password.replaceAll("'", "''");
  await project.writeMigration("2_gift", `CREATE ROLE gifts_reader PASSWORD '${literal}' NO_SUCH_OPTION;`);
  const syntax = await expectExit(project, 255, "preview");
  await project.writeMigration("2_gift", `ALTER ROLE no_such_role PASSWORD '${literal}';`);
  return syntax + (await expectExit(project, 255, "up", "--yes", "--skip-preview"));
}

async function expectExit(project: Project, exitCode: number, ...args: string[]): Promise<string> {
  const result = await project.pulumi(...args);
  assert.equal(result.exitCode === 0, exitCode === 0, result.output);
  return result.output;
}

async function createRole(t: TestContext, database: TestDatabase): Promise<string> {
  const role = `${database.database}_user`;
  await query(database, `CREATE ROLE ${role} LOGIN CREATEROLE PASSWORD '${password.replaceAll("'", "''")}'`);
  await query(database, `GRANT ALL ON SCHEMA public TO ${role}`);
  // Runs after the database, and with it the role's privileges, has been dropped.
  t.after(() => query({ ...database, database: "postgres" }, `DROP ROLE ${role}`));
  return role;
}

function addressOf({ host, port, database }: TestDatabase): object {
  return { host, port, database };
}

function urlOf({ host, port, database }: TestDatabase, user: string): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}
