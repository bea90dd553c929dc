import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Database, pendingReport, planRun, readFolder, stepsOf } from "../../../engine/index.ts";
import { LedgerError } from "../../../engine/ledger/ledger-error.ts";
import { ledgerOf } from "../../../engine/formats/formats.ts";
import { openTarget } from "../target.ts";
import { createFiles, writeFiles } from "../../migration-folder.ts";
import { copyWithout, fixture, migrate, pendingNames } from "./fixture.ts";

test("the lock is the number that the tool itself was seen to take", () => {
  const address = { host: "", port: 0, user: "", database: "gm", schema: "public" };
  assert.equal(ledgerOf("golang-migrate").lockKey(address), "3596941855");
  assert.equal(ledgerOf("flyway").lockKey(address), "77433833903597");
  assert.equal(ledgerOf("goose").lockKey(address), "4097083626");
  assert.equal(ledgerOf("node-pg-migrate").lockKey(address), "7241865325823964");
  for (const format of ["dbmate", "drizzle", "drizzle-journal", "supabase", "numbered"] as const)
    assert.equal(ledgerOf(format).lockKey(address), "72707369");
});

test("a ledger of another tool under the same name is refused, in both directions", async (t) => {
  const { database } = await openTarget(t);
  await migrate(database, fixture("golang-migrate"));
  const refusal = (error: unknown): boolean => {
    assert.ok(error instanceof LedgerError);
    assert.match(error.message, /"public"\."schema_migrations" has the columns version.* another tool/);
    return true;
  };
  await assert.rejects(pendingNames(database, fixture("dbmate")), refusal);
  const other = await openTarget(t);
  await migrate(other.database, fixture("dbmate"));
  await assert.rejects(pendingNames(other.database, fixture("golang-migrate")), refusal);
});

test("Drizzle 1.0 does not work on the ledger of its predecessor, which it has to convert itself", async (t) => {
  const { database } = await openTarget(t);
  await migrate(database, fixture("drizzle-journal"));
  await assert.rejects(pendingNames(database, fixture("drizzle")), /has the columns id, hash, created_at/);
});

test("golang-migrate: a dirty version stops everything until it is declared", async (t) => {
  const { database } = await openTarget(t);
  const dir = fixture("golang-migrate");
  await migrate(database, dir, { target: "3" });
  await database.execute("UPDATE schema_migrations SET dirty = true");
  await assert.rejects(
    migrate(database, dir),
    /Migration 000003_total_of_campaign started and never finished/,
  );
  await database.execute("DROP FUNCTION total_of(bigint)");
  const { applied } = await migrate(database, dir, {
    resolve: { "000003_total_of_campaign": "rolled-back" },
  });
  assert.equal(applied.length, 3);
});

test("golang-migrate: what would declare others applied as well is refused", async (t) => {
  const { database } = await openTarget(t);
  const dir = fixture("golang-migrate");
  await migrate(database, dir, { target: "1" });
  await assert.rejects(
    migrate(database, dir, { resolve: { "4": "applied" } }),
    /000004_index_gifts cannot be declared applied: .*only the last version, 1,/,
  );
});

test("golang-migrate: rolled back to before the first, the ledger is empty", async (t) => {
  const { database } = await openTarget(t);
  const folder = await readFolder({ dir: fixture("golang-migrate") });
  const ledger = ledgerOf("golang-migrate");
  await ledger.create(database);
  const [migration] = folder.migrations;
  assert.ok(migration);
  await ledger.apply(database, { id: "", migration });
  await ledger.revert(database, { id: "", migration });
  assert.deepEqual(await database.query("SELECT * FROM schema_migrations"), []);
  // What a failed `down` of the first leaves.
  await database.execute("INSERT INTO schema_migrations VALUES (-1, true)");
  assert.deepEqual(
    (await ledger.read(database, folder)).entries.map(({ key, state }) => [key, state]),
    [["-1", "failed"]],
  );
  await ledger.declareRolledBack(database, { key: "-1" });
  assert.deepEqual(await database.query("SELECT * FROM schema_migrations"), []);
});

test("goose: the last row of a version counts, as earlier versions of goose wrote it", async (t) => {
  const { database } = await openTarget(t);
  const dir = fixture("goose");
  await migrate(database, dir, { target: "2" });
  await database.execute(
    "INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, true), (3, false)",
  );
  assert.equal((await pendingNames(database, dir))[0], "00003_total_of_campaign");
  await database.execute("INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, true)");
  assert.equal((await pendingNames(database, dir))[0], "00004_index_gifts");
  await database.execute("DELETE FROM goose_db_version WHERE NOT is_applied");
  const { applied, missing } = await planRun({ database, folder: await readFolder({ dir }) });
  assert.deepEqual([applied.length, missing], [3, []]);
});

test("Drizzle before 1.0: what is not later than the newest row counts as applied", async (t) => {
  const { database } = await openTarget(t);
  const dir = fixture("drizzle-journal");
  await ledgerOf("drizzle-journal").create(database);
  await database.execute(
    "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('squashed', 1767862800001)",
  );
  assert.deepEqual(await pendingNames(database, dir), ["0003_index_gifts", "0004_notes_of_gifts"]);
});

async function flywayRows(database: Database, rows: string): Promise<void> {
  await database.execute(`
    INSERT INTO flyway_schema_history
           (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
    VALUES ${rows}`);
}

test("Flyway: a baseline covers the versions up to its own", async (t) => {
  const { database } = await openTarget(t);
  await ledgerOf("flyway").create(database);
  await flywayRows(
    database,
    "(1, '3.0', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'postgres', 0, true)",
  );
  assert.deepEqual(await pendingNames(database, fixture("flyway")), [
    "V4__index_gifts",
    "V4_1__notes_of_gifts",
    "R__campaign_names",
    "R__campaign_totals",
  ]);
});

test("Flyway: a ledger with the mark of a baseline alone is not said to be empty", async (t) => {
  const { database } = await openTarget(t);
  const ledger = ledgerOf("flyway");
  await ledger.create(database);
  const folder = await readFolder({ dir: fixture("flyway") });
  assert.match(pendingReport(await planRun({ database, folder })), /"flyway_schema_history" is empty/);
  await flywayRows(database, "(1, '0', 'begin', 'BASELINE', 'begin', NULL, 'postgres', 0, true)");
  const plan = await planRun({ database, folder });
  assert.equal(stepsOf(plan, "apply").length, folder.migrations.length);
  assert.match(pendingReport(plan), /"flyway_schema_history" has no migration as applied/);
});

test("Flyway: where undos are recorded, they are read, and rolling back records another", async (t) => {
  const { database } = await openTarget(t);
  const dir = fixture("flyway");
  await migrate(database, dir);
  await flywayRows(
    database,
    "(8, '4.1', 'notes of gifts', 'UNDO_SQL', 'U4_1__notes_of_gifts.sql', 1, 'postgres', 0, true)",
  );
  await database.execute("ALTER TABLE gifts DROP COLUMN note");
  assert.deepEqual(await pendingNames(database, dir), ["V4_1__notes_of_gifts"]);
  await migrate(database, dir, { target: "3" });
  const [last] = await database.query(
    "SELECT version, description, type, script FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1",
  );
  const script = "U4__index_gifts.sql";
  assert.deepEqual(last, { version: "4", description: "index gifts", type: "UNDO_SQL", script });
  assert.deepEqual(await pendingNames(database, dir), ["V4__index_gifts", "V4_1__notes_of_gifts"]);
});

test("Flyway: a repeatable migration that has changed is applied again, after all others", async (t) => {
  const { database } = await openTarget(t);
  const dir = await copyWithout(t, "flyway", /V4_1__/);
  await writeFile(join(dir, "V4_1__later.sql"), "SELECT 1");
  await writeFile(join(dir, "U4_1__notes_of_gifts.sql"), "SELECT 1");
  await migrate(database, dir, { target: "V4__index_gifts" });
  await writeFile(
    join(dir, "R__campaign_names.sql"),
    "CREATE OR REPLACE VIEW campaign_names AS SELECT id, title FROM campaigns WHERE id > 0;",
  );
  const { applied } = await migrate(database, dir);
  assert.deepEqual(applied.toSorted(), ["R__campaign_names", "R__campaign_totals", "V4_1__later"].toSorted());
  assert.deepEqual(await pendingNames(database, dir), []);
  const plan = await planRun({ database, folder: await readFolder({ dir }) });
  assert.deepEqual([plan.edited, plan.outOfOrder], [[], []]);
});

test("Flyway: a schema that is created for the ledger is noted in it", async (t) => {
  const { database } = await openTarget(t, { schema: "app" });
  await ledgerOf("flyway").create(database);
  assert.deepEqual(
    await database.query(
      "SELECT installed_rank, version, description, type, script, checksum FROM flyway_schema_history",
    ),
    [
      {
        installed_rank: 0,
        version: null,
        description: "<< Flyway Schema Creation >>",
        type: "SCHEMA",
        script: '"app"',
        checksum: null,
      },
    ],
  );
});

test("dbmate: what fails outside a transaction goes on where it came to, and leaves dbmate's ledger as it was", async (t) => {
  const { database } = await openTarget(t);
  const up = `-- migrate:up transaction:false
CREATE TABLE donors (name text);
INSERT INTO donors VALUES ('Ada'), ('Ada');
CREATE UNIQUE INDEX CONCURRENTLY donors_name ON donors (name);
`;
  const dir = await createFiles(t, { "1_donors.sql": `${up}-- migrate:down\nDROP TABLE donors;\n` });
  await assert.rejects(migrate(database, dir), /could not create unique index/);
  assert.deepEqual(await database.query("SELECT * FROM schema_migrations"), []);
  assert.equal((await database.query("SELECT * FROM pulumi_pg_migrations_attempts")).length, 1);

  await database.execute("DELETE FROM donors WHERE ctid = (SELECT min(ctid) FROM donors)");
  assert.deepEqual((await migrate(database, dir)).applied, ["1_donors"]);
  assert.deepEqual(await database.query("SELECT * FROM schema_migrations"), [{ version: "1" }]);
  assert.deepEqual(await database.query("SELECT to_regclass('pulumi_pg_migrations_attempts') AS left"), [
    { left: null },
  ]);

  await writeFiles(dir, {
    "2_gifts.sql": "-- migrate:up\nCREATE TABLE gifts ();\n-- migrate:down\nDROP TABLE gifts;\n",
  });
  assert.deepEqual((await migrate(database, dir)).applied, ["2_gifts"]);
});

test("numbered: applied in order, compared by checksum, rolled back by the files beside", async (t) => {
  const { database } = await openTarget(t);
  const dir = await copyWithout(t, "numbered", /never/);
  const folder = await readFolder({ dir });
  const names = folder.migrations.map(({ name }) => name);
  assert.deepEqual((await migrate(database, dir)).applied, names);
  const rows = "SELECT version, name, checksum, finished_at >= started_at AS timed FROM pulumi_pg_migrations";
  assert.deepEqual(
    await database.query(`${rows} ORDER BY version`),
    folder.migrations.map(({ key, name, checksum }) => ({ version: key, name, checksum, timed: true })),
  );
  await writeFile(join(dir, "001_create_campaigns.sql"), "SELECT 1;\n");
  const plan = await planRun({ database, folder: await readFolder({ dir }) });
  assert.deepEqual(plan.edited, ["001_create_campaigns"]);
  const { rolledBack } = await migrate(database, dir, { target: "003_total_of_campaign" });
  assert.deepEqual(rolledBack, ["005_notes_of_gifts", "004_index_gifts"]);
  assert.deepEqual(await pendingNames(database, dir), names.slice(3));
});

test("Flyway: what stands in folders below counts, under its path", async (t) => {
  const { database } = await openTarget(t);
  const dir = await createFiles(t, { "V1__a.sql": "SELECT 1;", "views/R__b.sql": "SELECT 2;" });
  assert.deepEqual((await migrate(database, `${dir}/`)).applied, ["V1__a", "views/R__b"]);
  assert.deepEqual(await database.query("SELECT script FROM flyway_schema_history ORDER BY installed_rank"), [
    { script: "V1__a.sql" },
    { script: "views/R__b.sql" },
  ]);
});
