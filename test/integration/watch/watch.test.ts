import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Check,
  lockWaitsBelow,
  replicationLagBelow,
  returnsNoRows,
  schemaMatches,
  watchDatabase,
  type WatchLook,
  watchReport,
} from "../../../engine/index.ts";
import { lackOf } from "../../preloaded-server.ts";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

const options = { durationMs: 1500, intervalMs: 100, tolerated: 2, slowerFactor: 2 };
const noErrors = returnsNoRows("no errors", "SELECT message FROM errors");

test("signals that stay well are followed to the end", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE errors (message text)");
  const checks = [noErrors, lockWaitsBelow(100), replicationLagBelow(0)];
  const looks: WatchLook[] = [];
  const result = await watchDatabase({
    connection,
    checks,
    ...options,
    onLook: (look) => void looks.push(look),
  });
  assert.deepEqual(result.alarms, []);
  assert.equal(result.looks, looks.length);
  assert.ok(result.elapsedMs + options.intervalMs > options.durationMs, String(result.elapsedMs));
  assert.match(watchReport(result), /^Watched for [\d.]+ m?s, \d+ looks: all signals stayed good\.$/);
});

test("a signal that recovers in time raises no alarm, one that does not ends the watch", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE errors (message text); INSERT INTO errors VALUES ('boom')");
  let looks = 0;
  const recovering = await watchDatabase({
    ...{ connection, checks: [noErrors], ...options, durationMs: 600 },
    onLook: async ({ bad }) => {
      looks++;
      assert.deepEqual(bad, looks <= 2 ? ["no errors"] : []);
      if (looks === 2) await database.execute("DELETE FROM errors");
    },
  });
  assert.deepEqual(recovering.alarms, []);
  await database.execute("INSERT INTO errors VALUES ('boom')");
  const ended = await watchDatabase({ connection, checks: [noErrors], ...options, durationMs: 60_000 });
  assert.equal(ended.looks, 3);
  assert.match(watchReport(ended), /Bad for too long:\n✗ no errors: 1 violation\n {4}message\n {4}boom/);
  const warned: Check = { ...noErrors, severity: "warn" };
  const told = await watchDatabase({ connection, checks: [warned], ...options, durationMs: 500 });
  assert.deepEqual(
    told.alarms.map(({ check }) => check),
    ["no errors"],
  );
});

test("a schema that matches its folder is a signal that stays well", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_gift": "CREATE TABLE gift (id int)" });
  await run(database, folder);
  const request = {
    connection,
    checks: [schemaMatches(folder.dir)],
    ...options,
    durationMs: 0,
    tolerated: 0,
  };
  assert.deepEqual((await watchDatabase(request)).alarms, []);
  await database.execute("CREATE TABLE by_hand (id int)");
  const [alarm] = (await watchDatabase(request)).alarms;
  assert.deepEqual([alarm?.outcome, alarm?.violations], ["violated", 1]);
});

test("a signal that turns bad at the very end is followed until it is well again, or for too long", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE errors (message text); INSERT INTO errors VALUES ('boom')");
  const request = { connection, checks: [noErrors], ...options, durationMs: 0 };
  const ended = await watchDatabase(request);
  assert.deepEqual([ended.looks, ended.alarms.length], [3, 1]);
  const recovered = await watchDatabase({
    ...request,
    onLook: () => database.execute("DELETE FROM errors"),
  });
  assert.equal(recovered.looks, 2);
  assert.deepEqual(recovered.alarms, []);
});

test("signals that are bad in turn end a watch as well", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE turn (n int); INSERT INTO turn VALUES (0)");
  const checks = [0, 1].map((n) => returnsNoRows(`${n}`, `SELECT n FROM turn WHERE n % 2 = ${n}`));
  const { looks, alarms } = await watchDatabase({
    ...{ connection, checks, ...options, durationMs: 200 },
    onLook: () => database.execute("UPDATE turn SET n = n + 1"),
  });
  assert.deepEqual(alarms, []);
  assert.ok(looks < 12, String(looks));
});

test("whoever waits for a lock is seen, and for whom", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE a (b int)");
  await database.execute("BEGIN; LOCK TABLE a");
  const waiting = await openSession(t, connection, { applicationName: "shop" });
  const reading = waiting.query("SELECT * FROM a");
  const { alarms } = await watchDatabase({ connection, checks: [lockWaitsBelow(200)], ...options });
  assert.equal(alarms[0]?.rows[0]?.["application"], "shop");
  assert.match(alarms[0].rows[0]["waits for"] ?? "", /^\[?\{?\d+/);
  await database.execute("COMMIT");
  await reading;
});

test("a server that cannot be reached is bad for every signal", async () => {
  const connection = { host: "127.0.0.1", port: 1, database: "d", user: "u", password: "hidden" };
  const result = await watchDatabase({ connection, checks: [noErrors], ...options });
  assert.equal(result.looks, 3);
  assert.match(watchReport(result), /no errors: cannot be evaluated: .*127\.0\.0\.1:1/);
  assert.doesNotMatch(watchReport(result), /hidden/);
});

test("statistics that are installed, but not kept by the server, tell nothing and fail nothing", async (t) => {
  const lack = await lackOf("pg_stat_statements");
  if (lack !== false) return t.skip(lack);
  const { connection, database } = await openTarget(t);
  await database.execute("CREATE TABLE errors (message text); CREATE EXTENSION pg_stat_statements");
  await assert.rejects(database.query("SELECT FROM pg_stat_statements"), /must be loaded/);
  const result = await watchDatabase({ connection, checks: [noErrors], ...options, durationMs: 0 });
  assert.deepEqual([result.alarms, result.slower], [[], []]);
});
