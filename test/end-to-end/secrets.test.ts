import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { createProject, type Project } from "./project.ts";

// Characters that a URL, a shell, SQL and JSON each write in their own way.
const password = `p'w"d\\ 100%@/:$x&é`;
const spellings = [
  password,
  encodeURIComponent(password),
  JSON.stringify(password).slice(1, -1),
  password.replaceAll("'", "''"),
  Buffer.from(password).toString("base64"),
];

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
    const project = await createProject(t, {
      configuration: {
        connection: way.connection,
        migrations: "migrations",
        backup: { none: "a test" },
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
    ];

    const { commandLines, seen } = processes.stop();
    assert.ok(
      seen.some((line) => line.includes("pulumi")),
      "no process was watched",
    );
    assertAbsent("process lists", commandLines);
    assertAbsent("printed lines", printed.join("\n"));
    assertAbsent("exported state", await expectExit(project, 0, "stack", "export"));
    const state = readdirSync(`${project.dir}/state`, {
      recursive: true,
      encoding: "utf8",
      withFileTypes: true,
    });
    for (const file of state.filter((entry) => entry.isFile()))
      assertAbsent(`state file ${file.name}`, readFileSync(`${file.parentPath}/${file.name}`, "utf8"));
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
  assertAbsent("printed lines", output);
});

async function failWithViolation(project: Project): Promise<string> {
  await project.writeMigration("2_gift", "INSERT INTO gifts VALUES (1);");
  const output = await expectExit(project, 255, "up", "--yes", "--skip-preview");
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

function assertAbsent(where: string, text: string): void {
  for (const spelling of spellings)
    assert.ok(!text.includes(spelling), `the password stands in ${where}:\n${text}`);
}

/** Reads the command lines of all processes again and again, as anyone on the machine can. */
function watchProcesses(): { stop: () => { commandLines: string; seen: string[] } } {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // The process has ended between the two calls.
      }
    }
  }, 20);
  return {
    stop: () => {
      clearInterval(timer);
      // Setting the secret by hand is the test's own doing.
      const lines = [...seen].filter((line) => !line.includes("config\0set"));
      return { commandLines: lines.join("\n"), seen: lines };
    },
  };
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
