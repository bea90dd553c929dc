import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { query } from "../database-state.ts";
import type { TestDatabase } from "../database.ts";
import { dbmateProgram } from "../dbmate.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { createMigratedProject, type Project } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const now = ["up", "--yes", "--skip-preview"];

/** Counts how often it was started, so that a test can tell that it was not. */
const dbmate = `echo started >> started; '${dbmateProgram}' --no-dump-schema --migrations-dir migrations up`;

async function timesStarted(project: Project): Promise<number> {
  const file = join(project.dir, "started");
  return existsSync(file) ? (await readFile(file, "utf8")).split("\n").length - 1 : 0;
}

async function writeScript(project: Project, name: string, sql: string): Promise<void> {
  await mkdir(join(project.dir, "migrations"), { recursive: true });
  await writeFile(join(project.dir, "migrations", `${name}.sql`), `-- migrate:up\n${sql}\n-- migrate:down\n`);
}

/** A project whose migrations are applied by dbmate, which says that it takes TLS unless it is told otherwise. */
async function createDbmateProject(t: TestContext, configuration: object = {}) {
  return createMigratedProject(t, { command: { command: dbmate, format: "files" }, ...configuration });
}

async function tablesOf(database: TestDatabase): Promise<string[]> {
  const rows = await query(
    database,
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
  );
  return rows.map((row) => (row as { relname: string }).relname).filter((name) => !/^_|^schema_/.test(name));
}

test("a tool is started when the folder has changed and only then, also after a failure, with a copy before it", async (t) => {
  const { project, database } = await createDbmateProject(t, { backup: { databaseCopy: {} } });
  t.after(() => dropCopies(database));
  await writeScript(project, "1_gifts", "CREATE TABLE gifts (id int);");
  assert.match(
    await succeeds(project, "preview"),
    /1 migration pending in .*files-\w{12}\s+to be applied by `.*dbmate/s,
  );
  assert.equal(await timesStarted(project), 0);

  assert.match(await up(project), /Applied: 1_gifts\.sql/);
  assert.deepEqual(await tablesOf(database), ["gifts"]);
  assert.equal((await copiesOf(database)).length, 1);
  await up(project, "--expect-no-changes");
  await succeeds(project, "preview", "--expect-no-changes");
  assert.equal(await timesStarted(project), 1);

  await writeScript(project, "2_donors", "CREATE TABLE donors (id int); SELECT no_such_column;");
  const failed = await fails(project, now, /column "no_such_column" does not exist/);
  assert.match(
    failed,
    /failed with exit status \d+.*run pulumi up again.*The backup from before this run is \w+_copy_/s,
  );
  await fails(project, now, /no_such_column/);
  assert.equal(await timesStarted(project), 3);
  await writeScript(project, "2_donors", "CREATE TABLE donors (id int);");
  await up(project);
  assert.deepEqual(await tablesOf(database), ["donors", "gifts"]);
  await up(project, "--expect-no-changes");
  assert.equal(await timesStarted(project), 4);
  await succeeds(project, "destroy", "--yes", "--skip-preview");
  assert.deepEqual(await tablesOf(database), ["donors", "gifts"]);
});
