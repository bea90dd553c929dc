import assert from "node:assert/strict";
import { test } from "node:test";
import { copyDatabase } from "../../../engine/index.ts";
import { quoteIdentifier } from "../../../engine/postgres/identifier.ts";
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
  const before = await copyDatabase({ connection, retain: 2, position: "1" });
  const attempts: string[] = [];
  for (let round = 0; round < 3; round++)
    attempts.push((await copyDatabase({ connection, retain: 2, position: "2" })).id);
  assert.deepEqual(await copiesOf(maintenance, connection.database), [before.id, attempts.at(-1)]);
});
