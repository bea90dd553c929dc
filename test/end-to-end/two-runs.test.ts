import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { copiesOf, dropCopies } from "./copies.ts";
import { connectionOf, createProject, type Project } from "./project.ts";

const gifts = "CREATE TABLE gifts (id int);";
const slowGifts = `SELECT pg_sleep(4); ${gifts}`;

async function createCheckout(
  t: Parameters<typeof createProject>[0],
  database: TestDatabase,
): Promise<Project> {
  const project = await createProject(t, {
    configuration: {
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { none: "a test" },
      checks: [{ kind: "tableExists", table: "gifts" }],
    },
    environment: { TEST_PGPASSWORD: database.password },
  });
  await project.writeMigration("1_gifts", slowGifts);
  return project;
}

/** Runs `pulumi up` in all checkouts at the same time; all have to succeed. Gives what they printed. */
async function upTogether(checkouts: Project[]): Promise<string> {
  const results = await Promise.all(
    checkouts.map((checkout) => checkout.pulumi("up", "--yes", "--skip-preview")),
  );
  const output = results.map((result) => result.output).join("\n");
  assert.deepEqual(
    results.map((result) => result.exitCode),
    checkouts.map(() => 0),
    output,
  );
  return output;
}

test("of two ups from two checkouts one waits, says for whom, and applies nothing twice", async (t) => {
  const database = await createTestDatabase(t);
  const checkouts = [await createCheckout(t, database), await createCheckout(t, database)];
  const output = await upTogether(checkouts);
  assert.match(
    output,
    /waiting for another migration run on this database: process \d+ \(pulumi-pg-migrations, user postgres/,
  );
  const rows = await query(database, "SELECT migration_name FROM _prisma_migrations");
  assert.deepEqual(rows, [{ migration_name: "1_gifts" }]);
});

test("of two ups with copies, the second does not replace the copy that the first was taken from", async (t) => {
  const database = await createTestDatabase(t);
  t.after(() => dropCopies(database));
  const checkouts = [await createCheckout(t, database), await createCheckout(t, database)];
  for (const checkout of checkouts)
    await checkout.configure({
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { databaseCopy: {} },
    });
  await upTogether(checkouts);
  const withoutGifts: string[] = [];
  for (const copy of await copiesOf(database)) {
    const tables = await query(
      { ...database, database: copy },
      "SELECT FROM pg_tables WHERE tablename = 'gifts'",
    );
    if (tables.length === 0) withoutGifts.push(copy);
  }
  assert.ok(withoutGifts.length > 0, "no copy from before the migration is left");
});

test("an up that waited too long for another run fails clearly and changes nothing", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createCheckout(t, database);
  await project.configure({
    connection: connectionOf(database),
    migrations: "migrations",
    backup: { none: "a test" },
    runLockWaitMs: 500,
  });
  const prisma = new pg.Client({ ...database, application_name: "prisma migrate" });
  await prisma.connect();
  t.after(() => prisma.end().catch(() => undefined));
  await prisma.query("SELECT pg_advisory_lock(72707369)");

  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");

  assert.notEqual(exitCode, 0, output);
  assert.match(output, /Another migration run holds the lock of this database: process \d+ \(prisma migrate/);
  assert.deepEqual(await query(database, "SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
  await prisma.end();
});

test("a failed up needs nothing but the fix and another up", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createCheckout(t, database);
  await project.writeMigration("1_gifts", gifts);
  await project.writeMigration("2_twice", "INSERT INTO gifts VALUES (1);\nCREATE TABLE gifts (id int);");

  const failed = await project.pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(failed.exitCode, 0, failed.output);
  assert.match(failed.output, /Migration 2_twice failed: relation "gifts" already exists \(SQLSTATE 42P07\)/);
  assert.match(failed.output, /at migrations\/2_twice\/migration\.sql:2:1/);
  assert.match(failed.output, /1 migration before it is applied/);

  await project.writeMigration("2_twice", "INSERT INTO gifts VALUES (1);");
  const fixed = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(fixed.exitCode, 0, fixed.output);
  assert.deepEqual(await query(database, "SELECT id FROM gifts"), [{ id: 1 }]);
});

test("a standing check that is violated behind Pulumi's back fails preview and up", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createCheckout(t, database);
  await project.writeMigration("1_gifts", gifts);
  const applied = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(applied.exitCode, 0, applied.output);
  await query(database, "DROP TABLE gifts");
  for (const command of ["preview", "up"]) {
    const { exitCode, output } = await project.pulumi(
      ...[command, ...(command === "up" ? ["--yes", "--skip-preview"] : [])],
    );
    assert.notEqual(exitCode, 0, output);
    assert.doesNotMatch(output, /Warning/);
    assert.match(output, /1 of 1 check failed:\s+✗ table gifts exists: 1 violation/);
  }
});

test("a session that is lost in mid-migration leaves nothing, and the next up goes on", async (t) => {
  const database = await createTestDatabase(t);
  const project = await createCheckout(t, database);
  await project.writeMigration("1_gifts", `${gifts} SELECT pg_sleep(60);`);
  const running = project.pulumi("up", "--yes", "--skip-preview");
  await terminateSleeper(database);
  const lost = await running;
  assert.notEqual(lost.exitCode, 0, lost.output);
  assert.match(lost.output, /SQLSTATE 57P01|connection to .* was lost/);
  assert.deepEqual(await query(database, "SELECT FROM pg_tables WHERE schemaname = 'public'"), []);

  await project.writeMigration("1_gifts", gifts);
  const next = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(next.exitCode, 0, next.output);
});

/** Ends the session that sleeps, as soon as there is one. */
async function terminateSleeper(database: TestDatabase): Promise<void> {
  for (let ended = 0; ended === 0;)
    ended = (
      await query(
        database,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'`,
      )
    ).length;
}
