import assert from "node:assert/strict";
import { test } from "node:test";
import { copyDatabase } from "../../../engine/index.ts";
import { quoteIdentifier } from "../../../engine/postgres/text/identifier.ts";
import type { LedgerMark } from "../../../engine/backup/ledger-mark.ts";
import { openSession } from "../target.ts";
import { copiesOf, sourceDatabase } from "./source-database.ts";

test("retention drops the oldest copies of this database, and nothing else", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const other = await sourceDatabase(t);
  const stranger = await copyDatabase({ connection: other.connection });
  const unmarked = `${connection.database}_copy_20200101t000000000z`;
  await maintenance.execute(`CREATE DATABASE ${quoteIdentifier(unmarked)}`);
  const taken: string[] = [];
  for (let round = 0; round < 4; round++) taken.push((await copyDatabase({ connection, retain: 2 })).id);
  assert.deepEqual(await copiesOf(maintenance, connection.database), taken.slice(2));
  assert.deepEqual(await copiesOf(maintenance, other.connection.database), [stranger.id]);
  assert.equal((await maintenance.query("SELECT FROM pg_database WHERE datname = $1", [unmarked])).length, 1);
});

test("an old copy that is in use is left for the next time, and the new one counts", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const old = await copyDatabase({ connection, retain: 1 });
  const reader = await openSession(t, { ...connection, database: old.id });
  const messages: string[] = [];
  const next = await copyDatabase({ connection, retain: 1, onProgress: (message) => messages.push(message) });
  assert.deepEqual(await copiesOf(maintenance, connection.database), [old.id, next.id]);
  assert.match(messages.at(-1) ?? "", /cannot be dropped yet/);
  await reader.close();
  const last = await copyDatabase({ connection, retain: 1 });
  assert.deepEqual(await copiesOf(maintenance, connection.database), [last.id]);
});

test("of one position of the ledger the newest copy is kept, however often it is tried", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const at = (position: string): LedgerMark => ({
    lockKey: () => "1",
    positionOf: () => Promise.resolve(position),
  });
  const before = await copyDatabase({ connection, retain: 2, ledger: at("1") });
  const attempts: string[] = [];
  for (let round = 0; round < 3; round++)
    attempts.push((await copyDatabase({ connection, retain: 2, ledger: at("2") })).id);
  assert.deepEqual(await copiesOf(maintenance, connection.database), [before.id, attempts.at(-1)]);
});

test("a copy that took the place of the original, and was replaced in its turn, is never dropped", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const first = await copyDatabase({ connection, retain: 1 });
  // What the restore command does, twice.
  const source = connection.database;
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(source)} RENAME TO ${quoteIdentifier(`${source}_d1`)}`,
  );
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(first.id)} RENAME TO ${quoteIdentifier(source)}`,
  );
  const second = await copyDatabase({ connection, retain: 1 });
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(source)} RENAME TO ${quoteIdentifier(`${source}_d2`)}`,
  );
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(second.id)} RENAME TO ${quoteIdentifier(source)}`,
  );
  t.after(async () => {
    for (const name of [`${source}_d1`, `${source}_d2`])
      await maintenance.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`).catch(() => undefined);
  });

  await copyDatabase({ connection, retain: 1 });

  const left = await maintenance.query("SELECT FROM pg_database WHERE datname IN ($1, $2)", [
    `${source}_d1`,
    `${source}_d2`,
  ]);
  assert.equal(left.length, 2);
});

test("another tool's run is waited for, and not ended with the other sessions", async (t) => {
  const { connection } = await sourceDatabase(t);
  const prisma = await openSession(t, connection);
  await prisma.query("SELECT set_config('application_name', 'prisma', false), pg_advisory_lock(72707369)");
  const ledger: LedgerMark = { lockKey: () => "72707369", positionOf: () => Promise.resolve("1") };
  const copy = copyDatabase({ connection, ledger, terminateSessions: true, runLockWaitMs: 0 });
  await assert.rejects(copy, /Another migration run is on .*prisma.*Let it finish/);
  assert.equal((await prisma.query("SELECT 1 AS alive")).length, 1);
});
