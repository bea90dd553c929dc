import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { assertAbsent, assertAbsentFromFiles, watchProcesses } from "./leaks.ts";
import { createProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

// Characters that a URL, a shell, SQL and JSON each write in their own way.
const password = `p'w"d\\ 100%@/:$x&é`;

/** Proves that it was told the password, then gives away all it knows, in pieces too. */
const talkative = `
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const client = new pg.Client({ connectionString: process.env.TOOL_URL });
await client.connect();
await client.end();
const byParts = new pg.Client();
await byParts.connect();
await byParts.end();
writeFileSync("connected", "twice");
const { TOOL_URL, PGPASSWORD } = process.env;
for (const text of [TOOL_URL, PGPASSWORD, encodeURIComponent(PGPASSWORD).toLowerCase(), \`password=\${PGPASSWORD}\`]) {
  console.log("connecting to " + text + " now");
  console.error(JSON.stringify({ text }));
}
for (const piece of PGPASSWORD) {
  process.stdout.write(piece);
  await sleep(5);
}
process.stdout.write("\\nno end of line: " + PGPASSWORD);
process.exitCode = Number(process.env.STATUS);
`;

interface Way {
  connection: object;
  secret?: [string, string];
  environment?: Record<string, string>;
}

const ways: Record<string, (database: TestDatabase, user: string) => Way> = {
  "as a Pulumi secret": (database, user) => ({
    connection: { ...addressOf(database), user },
    secret: ["connection.password", password],
  }),
  "in a URL that is a Pulumi secret": (database, user) => ({
    connection: {},
    secret: ["connection.url", urlOf(database, user)],
  }),
  "by an environment variable": (database, user) => ({
    connection: { ...addressOf(database), user, passwordVariable: "SECRET_TEST_PASSWORD" },
    environment: { SECRET_TEST_PASSWORD: password },
  }),
  "in a URL by an environment variable": (database, user) => ({
    connection: { urlVariable: "SECRET_TEST_URL" },
    environment: { SECRET_TEST_URL: urlOf(database, user) },
  }),
};

for (const [name, prepare] of Object.entries(ways))
  test(`a password given ${name} reaches the tool and is found nowhere else`, async (t) => {
    const database = await createTestDatabase(t);
    const user = `${database.database}_user`;
    await query(database, `CREATE ROLE ${user} LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
    await query(database, `GRANT ALL ON SCHEMA public TO ${user}`);
    t.after(() => query({ ...database, database: "postgres" }, `DROP ROLE ${user}`));
    const { connection, secret, environment = {} } = prepare(database, user);
    const project = await createProject(t, {
      configuration: {
        connection,
        migrations: "migrations",
        backup: { none: "a test" },
        command: { command: "node tool.mjs", urlVariable: "TOOL_URL", format: "files" },
      },
      environment: { ...environment, STATUS: "3" },
    });
    if (secret !== undefined) await succeeds(project, "config", "set", "--secret", "--path", ...secret);
    await writeFile(join(project.dir, "tool.mjs"), talkative);
    await writeFile(join(project.dir, "migrations", "1.rb"), "");
    const processes = watchProcesses();
    const failed = await fails(project, ["up", "--yes", "--skip-preview", "--diff"], /exit status 3/);
    assert.match(failed, /connecting to postgresql:\/\/\w+:\[secret\]@.* now/);
    assert.match(failed, /no end of line: \[secret\]/);
    await writeFile(join(project.dir, "tool.mjs"), talkative.replace("process.env.STATUS", "0"));
    const succeeded = await up(project, "--diff");

    const { commandLines, seen } = processes.stop();
    assert.ok(seen.some((line) => line.includes("node\0tool.mjs")));
    const state = await succeeds(project, "stack", "export");
    const stateInClear = await succeeds(project, "stack", "export", "--show-secrets");
    for (const [where, text] of Object.entries({ commandLines, failed, succeeded, state }))
      assertAbsent(password, where, text);
    assertAbsent(password, "outputs", JSON.stringify(await project.outputs()));
    // What the environment alone holds is not even kept encrypted.
    if (secret === undefined) assertAbsent(password, "decrypted state", stateInClear);
    assertAbsentFromFiles(password, `${project.dir}/state`);
    assert.doesNotMatch(commandsIn(stateInClear), /node_modules|\.ts|\.js\b/);
  });

function addressOf({ host, port, database }: TestDatabase): object {
  return { host, port, database };
}

function urlOf({ host, port, database }: TestDatabase, user: string): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
}

/** The texts of all commands, which must be the same on every machine. */
function commandsIn(state: string): string {
  const { deployment } = JSON.parse(state) as {
    deployment: { resources: { type: string; inputs?: { create?: unknown } }[] };
  };
  const commands = deployment.resources.filter(({ type }) => type === "command:local:Command");
  assert.equal(commands.length, 1);
  return JSON.stringify(commands.map(({ inputs }) => inputs?.create)).replaceAll("node tool.mjs", "");
}
