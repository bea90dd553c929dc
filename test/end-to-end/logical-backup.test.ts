import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import {
  archiveFolder,
  archivesIn,
  backupOf,
  createOwner,
  dumpInto,
  setPassword,
  waitForDump,
} from "./dumps.ts";
import { createMigratedProject, createProject, type Project } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

// Before the tests of this file get a server of their own.
const { TEST_PGHOST, TEST_PGPORT, TEST_PGUSER, TEST_PGPASSWORD = "" } = process.env;

useDumpableServer();

const now = ["up", "--yes", "--skip-preview"];
const gifts = "CREATE TABLE gifts (id int PRIMARY KEY); INSERT INTO gifts SELECT generate_series(1, 50);";

async function setSecret(project: Project, password: string): Promise<void> {
  await succeeds(project, "config", "set", "--secret", "--path", "connection.password", password);
}

test("a dump is taken when something is pending and only then, again where the run got on, and outlives the stack", async (t) => {
  const [folder, database] = [await archiveFolder(t), await createTestDatabase(t)];
  const user = await createOwner(t, database, "first");
  const { host, port } = database;
  const connection = { host, port, database: database.database, user };
  const project = await createProject(t, {
    configuration: { connection, migrations: "migrations", backup: dumpInto(folder) },
  });
  await setSecret(project, "first");
  await project.writeMigration("1_gifts", gifts);
  const preview = await succeeds(project, "preview");
  assert.match(preview, /will be dumped to \S+\.dump, and the dump verified, before the run/);
  assert.deepEqual(await readdir(folder), []);
  await up(project);
  const { id } = await backupOf(project);
  assert.deepEqual(
    (await readdir(folder)).map((name) => join(folder, name)),
    [id, `${id}.json`],
  );
  assert.equal((await stat(id)).mode & 0o777, 0o600);

  await setPassword(database, user, "second");
  await setSecret(project, "second");
  // Only the verification learns of another password, which a refresh connects with.
  await up(project);
  assert.doesNotMatch(await up(project, "--expect-no-changes", "--diff"), /^\s*[~+-] /m);

  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  await project.writeMigration("3_bad", "SELECT 1 / 0;");
  await fails(project, now, /division by zero/);
  const dumps = await archivesIn(folder);
  assert.equal(dumps.length, 2);
  // 2_donors was applied, so the ledger is elsewhere; after that it stays where it is.
  await fails(project, now, /division by zero/);
  assert.equal((await archivesIn(folder)).length, 3);
  assert.match(await succeeds(project, "preview"), /The dump \S+, taken at \S+, is reused for this run/);
  await fails(project, now, /division by zero/);
  assert.equal((await archivesIn(folder)).length, 3);

  await succeeds(project, "destroy", "--yes", "--skip-preview");
  assert.equal((await readdir(folder)).length, 6);
});

test("a dump that is killed while it writes is no backup: nothing is run, and the next up takes one", async (t) => {
  const folder = await archiveFolder(t);
  const backup = dumpInto(folder, { compress: "9" });
  const { project, database } = await createMigratedProject(t, { backup });
  await query(
    database,
    "CREATE SCHEMA old; CREATE TABLE old.big AS SELECT repeat(md5(i::text), 4) || md5((i * 7)::text) FROM generate_series(1, 200000) i",
  );
  await project.writeMigration("1_gifts", gifts);
  const before = await stateOf(database);
  const running = fails(project, now, /signal: killed.*pg_dump/s);
  const processes = await waitForDump(folder, 100_000);
  assert.equal(processes.length, 2);
  for (const id of processes) process.kill(id, "SIGKILL");
  await running;
  const left = await readdir(folder);
  assert.match(left.join(), /^[^,]+\.dump\.[0-9a-f]{16}\.unfinished$/);
  assert.deepEqual(await stateOf(database), before);

  await up(project);
  const { id } = await backupOf(project);
  assert.ok((await readdir(folder)).includes(id.slice(folder.length + 1)));
  assert.ok(!(left[0] ?? "").startsWith(basename(id)));
});

test("a dump that does not come back stops the run, and is not kept", async (t) => {
  const folder = await archiveFolder(t);
  const { project, database } = await createMigratedProject(t, {
    backup: dumpInto(folder, { restore: "always" }),
  });
  // pg_dump orders tables by their names: the rows that the constraint looks for are not there yet.
  await query(
    database,
    `CREATE SCHEMA old; CREATE TABLE old.known (id int); INSERT INTO old.known VALUES (1);
     CREATE FUNCTION old.is_known(int) RETURNS boolean LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM old.known WHERE id = $1)';
     CREATE TABLE old.asked (id int CHECK (old.is_known(id))); INSERT INTO old.asked VALUES (1);`,
  );
  await project.writeMigration("1_gifts", gifts);
  const before = await stateOf(database);
  await fails(project, now, /\.dump cannot be restored: .*"asked_id_check".*It is not a usable backup/s);
  assert.deepEqual(await stateOf(database), before);
  assert.deepEqual(await readdir(folder), []);
});

test("a pg_dump that is older than the server stops preview, with both versions", async (t) => {
  const version = execFileSync(join(systemPrograms(), "pg_dump"), ["--version"], { encoding: "utf8" });
  if (process.env["TEST_POSTGRES_PROGRAMS"] !== undefined || !/ 1[0-7]\./.test(version))
    return t.skip("the system's pg_dump is not older");
  const server = { host: TEST_PGHOST, port: Number(TEST_PGPORT), user: TEST_PGUSER, database: "postgres" };
  const project = await createProject(t, {
    configuration: {
      connection: { ...server, passwordVariable: "NEWER_PGPASSWORD" },
      migrations: "migrations",
      backup: dumpInto(await archiveFolder(t)),
    },
    environment: { NEWER_PGPASSWORD: TEST_PGPASSWORD },
  });
  await project.writeMigration("1_gifts", gifts);
  await fails(
    project,
    ["preview"],
    /pg_dump 1[0-7]\.\d+ \(\S+\) is older than the server, PostgreSQL 18\.\d+/,
  );
});
