import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query, stateOf } from "../database-state.ts";
import { systemPrograms, useDumpableServer } from "../dumpable-server.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { archiveFolder } from "./dumps.ts";
import { connectionOf, createMigratedProject, type Project } from "./project.ts";
import { fails, up } from "./up.ts";

useDumpableServer();

const run = promisify(execFile);
const upNow = ["up", "--yes", "--skip-preview"];
const programs = systemPrograms();

/** Dumps a database by hand, as a job of the night does; `hoursAgo` by the clock that the archive is told. */
async function dumpByHand(
  database: TestDatabase,
  { file, hoursAgo = 0 }: { file: string; hoursAgo?: number },
) {
  const { host, port, user, password } = database;
  const at = [`--host=${host}`, `--port=${port}`, `--username=${user}`];
  // An archive holds the time of the wall clock where it was made.
  const minutes = hoursAgo * 60 + new Date().getTimezoneOffset();
  const TZ = `OLD${minutes < 0 ? "-" : ""}${Math.trunc(Math.abs(minutes) / 60)}:${Math.abs(minutes) % 60}`;
  await run(join(programs, "pg_dump"), [...at, "--format=custom", `--file=${file}`, database.database], {
    env: { PGPASSWORD: password, TZ },
  });
}

/** A database on which the first of two migrations was applied. */
async function createStack(t: TestContext, backup: object) {
  const { project, database } = await createMigratedProject(t, { backup });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int); INSERT INTO gifts VALUES (1);");
  await up(project);
  await project.writeMigration("2_donors", "CREATE TABLE donors (id int);");
  const relyOn = (existing: object): Promise<void> =>
    project.configure({
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { existing: { ...existing } },
    });
  return { project, database, relyOn };
}

async function backupOf(project: Project) {
  const [backup] = (await project.outputs())["backups"] as { id: string; restoreCommand: string }[];
  return backup;
}

test("an archive that was made elsewhere is relied on only while it is whole, of this database, and young", async (t) => {
  const folder = await archiveFolder(t);
  const { project, database, relyOn } = await createStack(t, { none: "a test" });
  const [archive, cutOff, foreign] = ["app.dump", "cut-off.dump", "foreign.dump"].map((name) =>
    join(folder, name),
  );
  assert.ok(archive !== undefined && cutOff !== undefined && foreign !== undefined);
  const before = await stateOf(database);

  await relyOn({ logicalBackup: archive, programs });
  await fails(project, ["preview"], /The archive .*app\.dump does not exist/);
  await dumpByHand(await createTestDatabase(t), { file: foreign });
  await relyOn({ logicalBackup: foreign, programs });
  await fails(project, ["preview"], /foreign\.dump is a backup of the database test_\w+, not of test_\w+/);
  await writeFile(cutOff, "PGDMP");
  await relyOn({ logicalBackup: cutOff, programs });
  await fails(project, ["preview"], /cut-off\.dump/);
  await dumpByHand(database, { file: archive, hoursAgo: 3 });
  await relyOn({ logicalBackup: archive, programs });
  for (const args of [["preview"], upNow])
    await fails(project, args, /app\.dump was taken 180 minutes ago, at \S+; 60 minutes are allowed/);
  assert.deepEqual(await stateOf(database), before);

  await dumpByHand(database, { file: archive });
  await up(project);
  assert.equal((await backupOf(project))?.id, archive);
  assert.match((await backupOf(project))?.restoreCommand ?? "", /pg_restore .*app\.dump/);
  await up(project, "--expect-no-changes");
});

test("a copy that was made before is relied on only while it is there, of this database, and young", async (t) => {
  const { project, database, relyOn } = await createStack(t, { databaseCopy: {} });
  t.after(() => dropCopies(database));
  const [copy = assert.fail("no copy was made")] = await copiesOf(database);
  const before = await stateOf(database);
  await relyOn({ databaseCopy: "no_such_copy" });
  await fails(project, ["preview"], /The database no_such_copy does not exist on the server/);
  const other = await createTestDatabase(t);
  await relyOn({ databaseCopy: other.database });
  await fails(project, ["preview"], /is not marked as a copy of test_\w+/);
  await relyOn({ databaseCopy: copy, maxAgeMinutes: 0.001 });
  for (const args of [["preview"], upNow])
    await fails(project, args, /The copy \w+_copy_\w+ was taken .* minutes ago/);
  assert.deepEqual(await stateOf(database), before);

  await relyOn({ databaseCopy: copy });
  await up(project);
  assert.equal((await backupOf(project))?.id, copy);
  assert.deepEqual(await copiesOf(database), [copy]);
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 2);
});
