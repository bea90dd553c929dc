import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import {
  type Check,
  type Database,
  lockWaitsBelow,
  noInvalidIndexes,
  queryUsesIndex,
  replicationLagBelow,
  returnsNoRows,
  runChecks,
  scalar,
  sequencesAhead,
  smoke,
  tableExists,
  watchDatabase,
} from "../../../engine/index.ts";
import { receive, type Replication, startReplication } from "../../standby.ts";
import { openSession, until } from "../target.ts";

const lag = replicationLagBelow(1 << 20, { name: "lag" });
// A backup begins a new file of the log, 16 MB, and the standby is behind by that for a moment.
const largeLag = replicationLagBelow(64 << 20);
const options = { checks: [lag], durationMs: 500, intervalMs: 100, tolerated: 2, slowerFactor: 2 };
const fourMegabytes = "INSERT INTO written SELECT repeat('x', 1000) FROM generate_series(1, 4000)";

let replication: Replication;
before(async () => {
  replication = await startReplication();
});
after(() => replication.close());

test("a standby that keeps up is well", async (t) => {
  const { primary } = await openBoth(t);
  await primary.execute(fourMegabytes);
  await untilReplayed(primary);
  const result = await watchDatabase({
    ...{ connection: replication.primary, ...options },
    onLook: () => primary.execute("INSERT INTO written VALUES ('one more')"),
  });
  assert.deepEqual(result.alarms, []);
});

test("a standby that receives what is written and does not replay it ends the watch", async (t) => {
  const { primary, standby } = await openBoth(t);
  await standby.execute("SELECT pg_wal_replay_pause()");
  await primary.execute(fourMegabytes);
  await until(primary, "SELECT FROM pg_stat_replication WHERE flush_lsn >= pg_current_wal_lsn()");
  const { looks, alarms } = await watchDatabase({
    ...{ connection: replication.primary, ...options, durationMs: 60_000 },
  });
  assert.equal(looks, 3);
  const { "bytes behind": behind, ...row } = alarms[0]?.rows[0] ?? {};
  assert.deepEqual(row, { standby: "standby", state: "streaming" });
  assert.ok(Number(behind) > 4_000_000, String(behind));
});

test("a standby that catches up in time raises no alarm", async (t) => {
  const { primary, standby } = await openBoth(t);
  await standby.execute("SELECT pg_wal_replay_pause()");
  await primary.execute(fourMegabytes);
  const found: string[][] = [];
  const { alarms } = await watchDatabase({
    ...{ connection: replication.primary, ...options, durationMs: 0, tolerated: 99 },
    onLook: async ({ bad }) => {
      found.push(bad);
      await standby.execute("SELECT pg_wal_replay_resume()");
    },
  });
  assert.deepEqual(alarms, []);
  assert.deepEqual([found[0], found.at(-1)], [["lag"], []]);
});

test("what takes a backup, or archives what is written, replays nothing and is no standby", async (t) => {
  const { primary } = await openBoth(t);
  // As pg_basebackup and pg_receivewal do.
  await receive(t, replication.primary, "BASE_BACKUP");
  const [{ end } = { end: "" }] = await primary.query<{ end: string }>(
    "SELECT pg_current_wal_flush_lsn()::text AS end",
  );
  await receive(t, replication.primary, `START_REPLICATION PHYSICAL ${end}`);
  await until(
    primary,
    `SELECT FROM pg_stat_replication WHERE state IN ('backup', 'catchup', 'streaming') AND replay_lsn IS NULL
     HAVING count(*) = 2`,
  );
  assert.deepEqual(await outcomes(primary, [largeLag]), ["holds"]);
});

test("a role that does not see how far a standby is takes it for a bad one", async (t) => {
  const { primary } = await openBoth(t);
  await primary.execute("CREATE ROLE watcher LOGIN PASSWORD 'plain'");
  const connection = { ...replication.primary, user: "watcher", password: "plain" };
  const database = await openSession(t, connection);
  assert.deepEqual(await outcomes(database, [largeLag]), ["violated"]);
  await primary.execute("GRANT pg_monitor TO watcher");
  assert.deepEqual(await outcomes(database, [largeLag]), ["holds"]);
});

test("checks are evaluated on a standby", async (t) => {
  const { primary, standby } = await openBoth(t);
  await primary.execute(
    "CREATE TABLE gifts (id serial PRIMARY KEY, amount int); INSERT INTO gifts (amount) VALUES (5), (-1)",
  );
  await untilReplayed(primary);
  const holding = [
    tableExists("gifts"),
    noInvalidIndexes(),
    sequencesAhead({ table: "gifts" }),
    scalar("the sum", "SELECT sum(amount) FROM gifts", { equals: 4 }),
    queryUsesIndex("by key", "SELECT * FROM gifts WHERE id = 1", { index: "gifts_pkey" }),
    lockWaitsBelow(0),
    // It has no standby of its own.
    replicationLagBelow(0),
  ];
  const negative = returnsNoRows("no negative gifts", "SELECT id FROM gifts WHERE amount < 0");
  const writing = returnsNoRows("writing", "SELECT nextval('gifts_id_seq')");
  const trying = smoke("a gift can be given", "INSERT INTO gifts DEFAULT VALUES");
  const results = await runChecks({ database: standby, checks: [...holding, writing, trying, negative] });
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    [...holding.map(() => "holds"), "unknown", "unknown", "violated"],
  );
  assert.deepEqual(results.at(-1)?.rows, [{ id: "2" }]);
  assert.match(results.at(-2)?.error?.message ?? "", /cannot execute INSERT in a read-only transaction/);
  assert.match(results.at(-3)?.error?.message ?? "", /cannot execute nextval\(\)/);
  assert.deepEqual(await standby.query("SELECT pg_is_in_recovery() AS recovering"), [{ recovering: true }]);
});

/** Opens a session on each, while the standby has nothing left to replay. */
async function openBoth(t: TestContext): Promise<{ primary: Database; standby: Database }> {
  const primary = await openSession(t, replication.primary);
  const standby = await openSession(t, replication.standby);
  await standby.execute("SELECT pg_wal_replay_resume()");
  await primary.execute("CREATE TABLE IF NOT EXISTS written (line text)");
  await untilReplayed(primary);
  return { primary, standby };
}

function untilReplayed(primary: Database): Promise<void> {
  return until(primary, "SELECT FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()");
}

async function outcomes(database: Database, checks: readonly Check[]): Promise<string[]> {
  return (await runChecks({ database, checks })).map(({ outcome }) => outcome);
}
