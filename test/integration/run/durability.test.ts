import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Database, type RunProgress } from "../../../engine/index.ts";
import { startEmbeddedServer, stopEmbeddedServer } from "../../../scripts/embedded-postgres.ts";
import { createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, run } from "../target.ts";

const name = `durability-${process.pid}`;

/** A server that writes its log when it is waited for, and else next to never: what was not waited for is lost in a crash. */
async function openCrashable(
  t: TestContext,
): Promise<{ database: Database; crash: () => Promise<Database> }> {
  t.after(() => stopEmbeddedServer(name));
  const { dataDirectory, ...server } = await startEmbeddedServer({
    name,
    settings: { fsync: "off", wal_writer_delay: "10s" },
  });
  const connection = { ...server, database: "postgres" };
  const serverPid = async (): Promise<string | undefined> =>
    (await readFile(join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "")).split("\n")[0];
  const pid = await serverPid();
  return {
    database: await openSession(t, connection),
    crash: async () => {
      process.kill(Number(pid), "SIGQUIT");
      while ((await serverPid()) === pid) await sleep(20);
      await startEmbeddedServer({ name, port: server.port });
      const database = await connect(connection);
      t.after(() => database.close());
      return database;
    },
  };
}

const scripts = Object.fromEntries(
  Array.from({ length: 9 }, (_, n) => [`${n + 1}_t`, `CREATE TABLE t${n + 1} (a int)`]),
);

async function applied(database: Database): Promise<string[]> {
  const rows = await ledgerRows(database);
  return rows.filter(({ finished_at: at }) => at !== null).map(({ migration_name: one }) => one);
}

test("a run that has said that it is done is done, though the server crashes that very moment", async (t) => {
  const { database, crash } = await openCrashable(t);
  const folder = await createFolder(t, { ...scripts, "9_t": "CREATE INDEX CONCURRENTLY i ON t1 (a)" });
  assert.equal((await run(database, folder)).failed, undefined);
  assert.equal((await applied(await crash())).length, 9);
});

test("so is what a run has done that failed", async (t) => {
  const { database, crash } = await openCrashable(t);
  const folder = await createFolder(t, { ...scripts, "3_t": "SELECT 1/0" });
  assert.equal((await run(database, folder)).failed?.name, "3_t");
  assert.deepEqual(await applied(await crash()), ["1_t", "2_t"]);
});

test("what a server loses that crashes during the run is done again, and counted once", async (t) => {
  const { database, crash } = await openCrashable(t);
  // The sixth takes long enough for the crash to come while it runs.
  const folder = await createFolder(t, { ...scripts, "6_t": "CREATE TABLE t6 (a int); SELECT pg_sleep(2)" });
  const events: RunProgress[] = [];
  let crashed: Promise<Database> | undefined;
  const result = await run(database, folder, {
    onProgress: (event) => {
      events.push(event);
      if (event.event === "started" && event.number === 6) crashed ??= crash();
    },
  });
  assert.equal(result.failed, undefined);
  assert.deepEqual(
    result.applied.map((one) => one.name),
    Object.keys(scripts),
  );
  assert.ok(
    events.some((event) => event.event === "repeating" && event.migrations.includes("5_t")),
    JSON.stringify(events),
  );
  assert.ok(crashed);
  assert.deepEqual(await applied(await crashed), Object.keys(scripts));
});
