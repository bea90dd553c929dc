import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { TestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import { dropCopies } from "./copies.ts";
import { type CommandResult, createMigratedProject, type Project } from "./project.ts";

useDumpableServer();

const migrations = {
  "1_gifts": `CREATE TABLE gifts (id int PRIMARY KEY, donor text NOT NULL);
    INSERT INTO gifts SELECT i, 'donor ' || i FROM generate_series(1, 500) AS i;`,
  "2_thanks": "ALTER TABLE gifts ADD thanked boolean; DELETE FROM gifts WHERE id > 250;",
};

const roads = {
  databaseCopy: () => Promise.resolve({ databaseCopy: { terminateSessions: true } }),
  async logicalBackup(t: TestContext) {
    const directory = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-dumps-"));
    t.after(() => rm(directory, { recursive: true }));
    return { logicalBackup: { target: { directory }, programs: systemPrograms() } };
  },
};

for (const [method, backup] of Object.entries(roads))
  test(`a night with ${method}: migrate, damage, restore by the printed command, compare, swap, go on with up`, async (t) => {
    const { project, database } = await createMigratedProject(t, { backup: await backup(t) });
    t.after(() => dropDatabasesOf(database));
    await project.writeMigration("1_gifts", migrations["1_gifts"]);
    await up(project);
    const before = await stateOf(database);

    await project.writeMigration("2_thanks", migrations["2_thanks"]);
    await up(project);
    assert.deepEqual(await query(database, "SELECT count(*)::int AS gifts FROM gifts"), [{ gifts: 250 }]);

    const command = (await project.pulumi("stack", "output", "restoreCommand")).output.trim();
    const restored = await shell(command, database);
    assert.equal(restored.exitCode, 0, restored.output);
    if (method === "logicalBackup") await compareAndSwap(database, project);
    assert.deepEqual(await stateOf(database), before);

    // Nothing is resolved, repaired or forgotten: the restored ledger says what the restored data have.
    const preview = await project.pulumi("preview");
    assert.match(preview.output, /1 migration pending .*\n\s+2_thanks/);
    await project.writeMigration("2_thanks", "ALTER TABLE gifts ADD thanked boolean;");
    await up(project);
    assert.deepEqual(
      await query(database, "SELECT count(*)::int AS gifts, bool_or(thanked) AS thanked FROM gifts"),
      [{ gifts: 500, thanked: null }],
    );
    assert.deepEqual(
      await query(
        database,
        "SELECT migration_name AS name, rolled_back_at AS back FROM _prisma_migrations ORDER BY 1",
      ),
      [
        { name: "1_gifts", back: null },
        { name: "2_thanks", back: null },
      ],
    );
  });

async function compareAndSwap(database: TestDatabase, { dir }: Project): Promise<void> {
  const compared = await cli(database, "compare");
  assert.equal(compared.exitCode, 1);
  assert.match(
    compared.output,
    /Row counts differ in 2 tables:\n.*\n {2}"public"."_prisma_migrations" +2 +1\n {2}"public"."gifts" +250 +500/,
  );
  assert.match(compared.output, /1 object differs:\n {2}column public\.gifts\.thanked is missing/);
  const ledger = await cli(database, "ledger", "--migrations", join(dir, "migrations"));
  assert.equal(ledger.exitCode, 0, ledger.output);
  assert.match(
    ledger.output,
    /The ledger is at 1_gifts: 1 migration applied\.\nPending, .* pulumi up: 2_thanks\.\nThere is nothing to repair/,
  );
  const swapped = await cli(database, "swap", "--terminate-sessions");
  assert.equal(swapped.exitCode, 0, swapped.output);
  assert.match(swapped.output, /the database that was in use is kept as \w+_before_swap_\w+/);
}

test("restoring by the command compares at once, and says so where nothing differs", async (t) => {
  const { project, database } = await createMigratedProject(t, { backup: await roads.databaseCopy() });
  t.after(() => dropDatabasesOf(database));
  await project.writeMigration("1_gifts", migrations["1_gifts"]);
  await up(project);
  await project.writeMigration("2_thanks", "SELECT 1;");
  await up(project);
  const id = (await project.pulumi("stack", "output", "backups")).output;
  const copy = /"id":"([^"]+)"/.exec(id)?.[1] ?? assert.fail(id);
  await query(database, "DELETE FROM _prisma_migrations WHERE migration_name = '2_thanks'");
  const restored = await cli(database, "restore", copy);
  assert.equal(restored.exitCode, 0, restored.output);
  assert.match(
    restored.output,
    /Restored into \w+_restored\.\n\w+_restored is equal to \w+: the same objects, and the same row counts in 2 tables\./,
  );
  const again = await cli(database, "restore", copy);
  assert.equal(again.exitCode, 2);
  assert.match(again.output, /The database \w+_restored exists already/);
});

test("what is asked for wrongly changes nothing and says what to do", async (t) => {
  const { database } = await createMigratedProject(t);
  for (const [args, says] of [
    [["restore"], /Name the backup/],
    [["restore", "no_such_copy"], /The server has no copy no_such_copy, and no such archive exists/],
    [["restore", "/no/such/archive.dump"], /\/no\/such\/archive\.dump/],
    [["swap"], /The database \w+_restored does not exist at /],
    [["swap", "--with", database.database], /cannot replace itself/],
    [["compare"], /database "\w+_restored" does not exist|no database \w+_restored/],
    [["ledger"], /--migrations <folder>/],
    [["repair"], /Restores a database/],
    [["compare", "--no-such-option"], /Unknown option '--no-such-option'/],
  ] as const) {
    const { exitCode, output } = await cli(database, ...args);
    assert.equal(exitCode, 2, output);
    assert.match(output, says);
    assert.ok(!output.includes(database.password), output);
    assert.ok(!output.includes("    at "), output);
  }
});

async function up(project: Project): Promise<void> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(exitCode, 0, output);
}

function cli(database: TestDatabase, ...args: string[]): Promise<CommandResult> {
  const { host, port, user, password } = database;
  const address = `${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database.database}`;
  return run("node", [join(import.meta.dirname, "../../cli/index.ts"), ...args], {
    DATABASE_URL: `postgresql://${address}`,
  });
}

function shell(command: string, { password }: TestDatabase): Promise<CommandResult> {
  return run("/bin/sh", ["-c", command], { PGPASSWORD: password });
}

function run(program: string, args: string[], variables: Record<string, string>): Promise<CommandResult> {
  const { PATH = "" } = process.env;
  const env = {
    PATH: [join(import.meta.dirname, "../../node_modules/.bin"), systemPrograms(), PATH].join(delimiter),
  };
  return new Promise((resolve) => {
    execFile(program, args, { env: { ...env, ...variables } }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

async function dropDatabasesOf(database: TestDatabase): Promise<void> {
  await dropCopies(database);
  const server = { ...database, database: "postgres" };
  const left = await query<{ name: string }>(
    server,
    "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1) AND datname <> $1",
    [database.database],
  );
  for (const { name } of left) await query(server, `DROP DATABASE "${name}" WITH (FORCE)`);
}
