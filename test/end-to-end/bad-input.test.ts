import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stateOf } from "../database-state.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";

interface BadInput {
  name: string;
  /** What is changed in a configuration that would work. */
  configuration?: object;
  connection?: object;
  prepare?: (project: Project) => void | Promise<void>;
  environment?: Record<string, string>;
  /** What the user reads. */
  says: RegExp;
}

const cases: BadInput[] = [
  {
    name: "a folder that does not exist",
    configuration: { migrations: "no/such/folder" },
    says: /The folder no\/such\/folder does not exist \(looked for \/.*\/no\/such\/folder\)\. Set `migrations`/,
  },
  {
    name: "an empty folder",
    configuration: { migrations: "empty" },
    prepare: ({ dir }) => mkdirSync(join(dir, "empty")),
    says: /There is no migration in empty, which holds nothing\./,
  },
  {
    name: "a migration without migration.sql",
    prepare: ({ dir }) => mkdirSync(join(dir, "migrations/2_lost")),
    says: /migrations\/2_lost\/migration\.sql does not exist.*P3015/,
  },
  {
    name: "a script that is not UTF-8",
    prepare: ({ dir }) => writeScript(dir, Buffer.from("SELECT 1;\n-- caf\xe9\n", "latin1")),
    says: /2_bad\/migration\.sql:2 is not valid UTF-8/,
  },
  {
    name: "a script with a NUL byte",
    prepare: ({ dir }) => writeScript(dir, Buffer.from("SELECT 1;\nSELECT '\0';\n")),
    says: /2_bad\/migration\.sql:2 holds a NUL byte/,
  },
  {
    name: "a syntax error",
    prepare: ({ dir }) => writeScript(dir, Buffer.from("SELECT 1;\n  CREATE TABEL é (id int);\n")),
    says: /2_bad\/migration\.sql:2:10: syntax error at or near "TABEL" \(SQLSTATE 42601\)\.\n\s*2 \| {3}CREATE TABEL é \(id int\);\n {17}\^/,
  },
  {
    name: "a wrong password",
    connection: { passwordVariable: "WRONG_PASSWORD" },
    environment: { WRONG_PASSWORD: "wrong" },
    says: /refuses the password of user "postgres" \(SQLSTATE 28P01\)/,
  },
  {
    name: "a variable that is not set",
    connection: { passwordVariable: "NO_SUCH_VARIABLE" },
    says: /environment variable NO_SUCH_VARIABLE, named by the connection's passwordVariable, is not set/,
  },
  {
    name: "an unknown host",
    connection: { host: "no-such-host.invalid" },
    says: /The host name no-such-host\.invalid cannot be resolved/,
  },
  {
    name: "a refused connection",
    connection: { port: 1 },
    says: /127\.0\.0\.1:1 refuses connections/,
  },
  {
    name: "a database that does not exist",
    connection: { database: "no_such_database" },
    says: /The database "no_such_database" does not exist.*createDatabase: true/,
  },
  {
    name: "a check of an unknown kind",
    configuration: { checks: [{ kind: "noOrphan", column: "a.b", references: "c.d" }] },
    says: /the kind "noOrphan" does not exist\. The kinds are .*noOrphans/,
  },
  {
    name: "a check with an unknown member",
    configuration: { checks: [{ kind: "tableExists", tabel: "gifts" }] },
    says: /the definition of tableExists is invalid: .*tabel/,
  },
  {
    name: "a check for a stack that is not there",
    configuration: { checks: [{ kind: "tableExists", table: "gifts", environments: ["prodd"] }] },
    says: /Check "table gifts exists" is for the environment "prodd".*The stacks are test\./,
  },
  {
    name: "a check for no environment at all",
    configuration: { checks: [{ kind: "tableExists", table: "gifts", environments: [] }] },
    says: /the definition of tableExists is invalid: environments/,
  },
  {
    name: "a check that compares, together with a tool that commits by itself",
    configuration: { command: "exit 0", checks: [{ kind: "sumPreserved", column: "gifts.amount" }] },
    says: /compares with before the run, which is not possible together with command: remove it/,
  },
  {
    name: "a folder of checks that does not exist",
    configuration: { checkFiles: "no/checks" },
    says: /Check "no\/checks": the folder does not exist\. Set `checkFiles`/,
  },
  {
    name: "a check with a typo in its SQL",
    configuration: { checks: [{ kind: "returnsNoRows", name: "none", sql: "SELEC id FROM gifts" }] },
    says: /Check "none": its SQL cannot be read: syntax error at or near "SELEC"/,
  },
  {
    name: "a check on a table that no migration makes",
    configuration: { checks: [{ kind: "noDuplicates", column: "gits.id" }] },
    says: /no duplicates in gits\.id: cannot be evaluated: relation "gits" does not exist \(SQLSTATE 42P01\)/,
  },
  {
    name: "two checks with one name",
    configuration: {
      checks: [
        { kind: "tableExists", name: "gifts", table: "gifts" },
        { kind: "noDuplicates", name: "gifts", column: "gifts.id" },
      ],
    },
    says: /Check "gifts": two checks have this name/,
  },
  {
    name: "unknown configuration keys",
    configuration: {
      migration: "migrations",
      connection: { hots: "x", database: "app" },
      command: { command: "true", enviroment: {} },
    },
    says: /:connection\.hots: unknown key \(known are host, port[\s\S]*:command\.enviroment: unknown key \(known are command, environment[\s\S]*:migration: unknown key \(known are connection, migrations/,
  },
];

for (const input of cases)
  test(`${input.name} gets a clear error, and nothing is changed`, async (t) => {
    const { project, database } = await createMigratedProject(t, {}, input.environment);
    await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
    await input.prepare?.(project);
    await project.configure({
      connection: { ...connectionOf(database), ...input.connection },
      migrations: "migrations",
      backup: { none: "a test" },
      ...input.configuration,
    });
    const before = await stateOf(database);
    const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0, output);
    assert.match(output, input.says);
    assert.doesNotMatch(output, /error serializing|Warning:/);
    assert.doesNotMatch(output, /\n\s+at .*\.(ts|js):\d+/, "a stack trace is printed");
    assert.deepEqual(await stateOf(database), before);
  });

function writeScript(dir: string, script: Buffer): void {
  mkdirSync(join(dir, "migrations/2_bad"));
  writeFileSync(join(dir, "migrations/2_bad/migration.sql"), script);
}
