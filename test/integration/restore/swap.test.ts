import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compareDatabases,
  comparisonReport,
  copyDatabase,
  restoreCopy,
  swapDatabases,
} from "../../../engine/index.ts";
import { withDatabase } from "../../../engine/postgres/session/connect.ts";
import { quoteIdentifier } from "../../../engine/postgres/text/identifier.ts";
import { sourceDatabase, valuesIn } from "../backup/source-database.ts";
import { openSession } from "../target.ts";

/** A damaged database, and what was restored beside it from a copy. */
async function damagedDatabase(t: Parameters<typeof sourceDatabase>[0]) {
  const { connection, maintenance } = await sourceDatabase(t);
  const { id: copy } = await copyDatabase({ connection });
  const session = await openSession(t, connection);
  await session.execute('DELETE FROM "Odd.one".a');
  await session.close();
  const restored = await restoreCopy({ connection, copy });
  return { connection, maintenance, copy, restored };
}

test("a copy is restored beside the original, compared, and swapped in; swapping back undoes it", async (t) => {
  const { connection, maintenance, restored } = await damagedDatabase(t);
  const comparison = await compareDatabases({
    current: connection,
    restored: { ...connection, database: restored },
  });
  assert.deepEqual(comparison.objects, []);
  assert.deepEqual(comparison.tables, [{ table: '"Odd.one"."a"', current: 0, restored: 3 }]);
  assert.match(
    comparisonReport(comparison, { current: "now", restored: "then" }),
    /^Row counts differ in 1 table:\n {2}table +now +then\n {2}"Odd\.one"\."a" +0 +3$/,
  );
  const { kept } = await swapDatabases({ connection, restored });
  assert.deepEqual(await valuesIn(connection), [1, 2, 3]);
  assert.deepEqual(await valuesIn({ ...connection, database: kept }), []);
  const { kept: keptAgain } = await swapDatabases({ connection, restored: kept });
  assert.deepEqual(await valuesIn(connection), []);
  await maintenance.execute(`DROP DATABASE ${quoteIdentifier(keptAgain)}`);
});

test("a database that is in use is not swapped, and keeps its name", async (t) => {
  const { connection, maintenance, restored } = await damagedDatabase(t);
  const application = await openSession(t, connection);
  await application.execute("SET application_name = 'shop api'");
  await assert.rejects(swapDatabases({ connection, restored }), /1 other session: process \d+/);
  assert.deepEqual(await application.query("SELECT 1 AS one"), [{ one: 1 }]);
  assert.deepEqual(await valuesIn({ ...connection, database: restored }), [1, 2, 3]);
  const { kept } = await swapDatabases({ connection, restored, terminateSessions: true });
  await assert.rejects(application.query("SELECT 1"), { code: "CONNECTION_LOST" });
  await maintenance.execute(`DROP DATABASE ${quoteIdentifier(kept)}`);
});

test("what was set for the database comes over with the swap", async (t) => {
  const { connection, maintenance, restored } = await damagedDatabase(t);
  const original = quoteIdentifier(connection.database);
  await maintenance.execute(`ALTER DATABASE ${original} SET work_mem TO '7MB'`);
  const { kept } = await swapDatabases({ connection, restored });
  const session = await openSession(t, connection);
  assert.deepEqual(await session.query("SHOW work_mem"), [{ work_mem: "7MB" }]);
  await maintenance.execute(`DROP DATABASE ${quoteIdentifier(kept)}`);
});

test("what cannot be restored or swapped is named, and nothing changes", async (t) => {
  const { connection, copy } = await damagedDatabase(t);
  await assert.rejects(restoreCopy({ connection, copy }), { code: "RESTORE_TARGET_EXISTS" });
  await assert.rejects(restoreCopy({ connection, copy: "lost" }), { code: "DATABASE_MISSING" });
  await assert.rejects(swapDatabases({ connection, restored: "lost" }), { code: "DATABASE_MISSING" });
  await assert.rejects(swapDatabases({ connection, restored: connection.database }), {
    code: "SWAP_UNUSABLE",
  });
  assert.deepEqual(await valuesIn(connection), []);
});

test("sessions that come back as soon as they are ended are ended again, or named; neither database is lost", async (t) => {
  const { connection, maintenance, restored } = await damagedDatabase(t);
  const stop = new AbortController();
  const application = (async () => {
    while (!stop.signal.aborted)
      await withDatabase(connection, (session) => session.query("SELECT pg_sleep(0.02)")).catch(
        () => undefined,
      );
  })();
  try {
    const { kept } = await swapDatabases({ connection, restored, terminateSessions: true });
    stop.abort();
    await application;
    await maintenance.execute(`DROP DATABASE ${quoteIdentifier(kept)}`);
  } catch (error) {
    assert.match((error as Error).message, /Neither database was renamed.*Stop the application/s);
  } finally {
    stop.abort();
  }
});
