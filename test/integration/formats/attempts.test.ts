import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { type Database, type Folder, type FolderFormat, readFolder } from "../../../engine/index.ts";
import { type LedgerState } from "../../../engine/ledger/ledger.ts";
import { ledgerOf } from "../../../engine/formats/formats.ts";
import { openTarget } from "../target.ts";
import { fixture } from "./fixture.ts";

const folders: Partial<Record<FolderFormat, string>> = {
  "drizzle-journal": "drizzle-journal",
  drizzle: "drizzle",
  diesel: "diesel",
  sqlx: "sqlx/migrations",
  flyway: "flyway",
  "golang-migrate": "golang-migrate",
  goose: "goose",
  dbmate: "dbmate",
  "node-pg-migrate": "node-pg-migrate",
  supabase: "supabase/migrations",
  numbered: "numbered",
};

const digest = "ab".repeat(32);

function recordOf({ migrations }: Folder, index: number) {
  const migration = migrations[index];
  assert.ok(migration);
  return { id: randomUUID(), migration };
}

function stateOf({ entries }: LedgerState): [string, string][] {
  return entries.map(({ key, state }) => [key, state]);
}

async function tables(database: Database): Promise<string[]> {
  const found = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname IN ('Gifts; too', 'drizzle', 'supabase_migrations')`,
  );
  return found.map(({ name }) => name);
}

for (const [format, name] of Object.entries(folders) as [FolderFormat, string][]) {
  const ledger = ledgerOf(format);
  const open = async (t: Parameters<typeof openTarget>[0]) => {
    const folder = await readFolder({ dir: fixture(name) });
    const { database } = await openTarget(t, { schema: "Gifts; too" });
    const read = () => ledger.read(database, folder);
    assert.deepEqual(await read(), {
      table: ledger.tableOf("Gifts; too"),
      exists: false,
      tableWithoutLedger: undefined,
      hasRows: false,
      entries: [],
    });
    await ledger.create(database);
    // What a script leaves behind makes no difference.
    await database.execute("SET search_path = ''");
    return { folder, database, read };
  };

  test(`${format}: what is applied is in the ledger, and what is rolled back is not`, async (t) => {
    const { folder, database, read } = await open(t);
    assert.deepEqual(stateOf(await read()), []);
    const [first, second] = [recordOf(folder, 0), recordOf(folder, 1)];
    await ledger.apply(database, first);
    await ledger.apply(database, second);
    assert.deepEqual(stateOf(await read()), [
      [first.migration.key, "applied"],
      [second.migration.key, "applied"],
    ]);
    await ledger.revert(database, second);
    assert.deepEqual(stateOf(await read()), [[first.migration.key, "applied"]]);
    await ledger.revert(database, first);
    assert.deepEqual(stateOf(await read()), []);
    assert.equal((await tables(database)).length, 1);
  });

  test(`${format}: an attempt that is not finished says how far it has come, and leaves nothing`, async (t) => {
    const { folder, database, read } = await open(t);
    const first = recordOf(folder, 0);
    await ledger.apply(database, first);
    const record = recordOf(folder, 1);
    const { key, checksum } = record.migration;
    await ledger.begin(database, record);
    await ledger.advance(database, record, { segments: 1, sha256: digest });
    await ledger.fail(database, record, { logs: "no such table", undone: false });
    const [, entry] = (await read()).entries;
    assert.ok(entry?.startedAt);
    assert.deepEqual(
      { ...entry, startedAt: undefined },
      {
        key,
        checksum,
        state: "failed",
        startedAt: undefined,
        logs: "no such table",
        progress: { segments: 1, sha256: digest },
      },
    );
    assert.equal((await tables(database)).length, 2);

    await ledger.declareRolledBack(database, record.migration);
    assert.deepEqual(stateOf(await read()), [[first.migration.key, "applied"]]);
    assert.equal((await tables(database)).length, 1);

    const again = { ...record, id: randomUUID() };
    await ledger.begin(database, again);
    assert.deepEqual(stateOf(await read())[1], [key, "failed"]);
    await ledger.finish(database, again);
    assert.deepEqual(stateOf(await read())[1], [key, "applied"]);
    assert.equal((await tables(database)).length, 1);
  });

  test(`${format}: an attempt that is undone, or declared applied, is settled`, async (t) => {
    const { folder, database, read } = await open(t);
    const record = recordOf(folder, 0);
    await ledger.begin(database, record);
    await ledger.fail(database, record, { logs: "no such table", undone: true });
    assert.deepEqual(stateOf(await read()), []);
    await ledger.begin(database, { ...record, id: randomUUID() });
    await ledger.declareApplied(database, { ...record, id: randomUUID() });
    assert.deepEqual(stateOf(await read()), [[record.migration.key, "applied"]]);
    assert.equal((await tables(database)).length, 1);
  });

  test(`${format}: whether an attempt ran the script as it is now is told`, async (t) => {
    const { folder, database } = await open(t);
    const record = recordOf(folder, 0);
    await ledger.begin(database, record);
    const edited = folder.migrations.map((one) => ({ ...one, portableChecksum: digest, checksum: digest }));
    const [entry] = (await ledger.read(database, { ...folder, migrations: edited })).entries;
    assert.notEqual(entry?.checksum, digest);
    assert.equal(entry?.state, "failed");
  });
}

test("a ledger is read while a run that is at work drops the table of attempts", async (t) => {
  const ledger = ledgerOf("dbmate");
  const folder = await readFolder({ dir: fixture("dbmate") });
  const { database } = await openTarget(t);
  await ledger.create(database);
  const record = recordOf(folder, 0);
  await ledger.begin(database, record);
  let queries = 0;
  const reader = Object.create(database, {
    address: { value: database.address },
    query: {
      value: async (sql: string, values?: unknown[]) => {
        if (++queries === 2) await ledger.finish(database, record);
        return database.query(sql, values);
      },
    },
  }) as Database;
  assert.deepEqual(stateOf(await ledger.read(reader, folder)), [[record.migration.key, "applied"]]);
});
