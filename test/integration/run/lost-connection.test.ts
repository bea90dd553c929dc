import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  applyRun,
  type Database,
  type Folder,
  planRun,
  returnsNoRows,
  type RunProgress,
  stepsOf,
} from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { type Network, openNetwork } from "../../network.ts";
import { ledgerRows, openSession, openTarget, run, type Target, until } from "../target.ts";

const sleeps = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

/** A run over a network that can be broken, with a session beside it that is not. */
async function openBreakable(
  t: TestContext,
): Promise<{ network: Network; database: Database; beside: Database; target: Target }> {
  const target = await openTarget(t);
  const network = await openNetwork(t, target.connection.port);
  const connection = { ...target.connection, port: network.port, connectTimeoutSeconds: 2 };
  const database = await openSession(t, connection, { lockTimeoutMs: 2_000 });
  return { network, database, beside: target.database, target };
}

async function slowFolder(t: TestContext): Promise<Folder> {
  return createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_b": "INSERT INTO a VALUES (2); SELECT pg_sleep(0.7)",
    "3_c": "INSERT INTO a VALUES (3)",
  });
}

/** Nothing is lost and nothing is there twice, and the ledger has one applied row for each. */
async function assertConverged({ database }: Target, folder: Folder): Promise<void> {
  assert.deepEqual(await database.query("SELECT b FROM a ORDER BY b"), [{ b: 2 }, { b: 3 }]);
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => [
      row.migration_name,
      row.finished_at !== null,
      row.rolled_back_at,
    ]),
    folder.migrations.map(({ name }) => [name, true, null]),
  );
  assert.deepEqual(stepsOf(await planRun({ database, folder }), "apply"), []);
}

for (const breakage of ["reset", "halfClose", "stall"] as const)
  test(`a connection that breaks in mid-statement (${breakage}) is made again, and the run goes on`, async (t) => {
    const { network, database, beside, target } = await openBreakable(t);
    const folder = await slowFolder(t);
    const events: RunProgress[] = [];
    const running = run(database, folder, {
      onProgress: (event) => events.push(event),
      options: { silenceMs: 1_500 },
    });
    await until(beside, sleeps);
    network[breakage]();
    if (breakage === "stall") setTimeout(() => network.resume(), 3_000);
    const result = await running;
    assert.equal(result.failed, undefined);
    assert.deepEqual(
      result.applied.map(({ name }) => name),
      ["1_a", "2_b", "3_c"],
    );
    assert.ok(events.some(({ event }) => event === "lost"));
    assert.ok(events.some((event) => event.event === "reconnected" && event.inDoubt === "2_b"));
    await assertConverged(target, folder);
  });

test("a network that has stopped before the first word of the run is found out as well", async (t) => {
  const { network, database, target } = await openBreakable(t);
  const folder = await slowFolder(t);
  const plan = await planRun({ database, folder });
  network.stall();
  setTimeout(() => network.resume(), 700);
  const result = await applyRun({
    database,
    folder,
    steps: plan.steps,
    planOptions: plan.options,
    options: { silenceMs: 500 },
  });
  assert.equal(result.failed, undefined);
  await assertConverged(target, folder);
});

test("an answer to COMMIT that is lost is looked up, and nothing is applied twice", async (t) => {
  const { network, database, target } = await openBreakable(t);
  const folder = await slowFolder(t);
  let isBroken = false;
  // The server takes COMMIT, but its answer never arrives.
  const execute = database.execute.bind(database);
  t.mock.method(database, "execute", async (script: string) => {
    if (!isBroken && script.includes("COMMIT") && (await isSecond(target))) {
      isBroken = true;
      void execute(script).catch(() => undefined);
      await until(target.database, "SELECT FROM _prisma_migrations WHERE migration_name = '2_b'");
      network.reset();
    }
    return execute(script);
  });
  const events: RunProgress[] = [];
  const result = await run(database, folder, { onProgress: (event) => events.push(event) });
  assert.equal(result.failed, undefined);
  assert.ok(
    events.some((event) => event.event === "reconnected" && event.inDoubt === "2_b" && event.isCompleted),
    JSON.stringify(events),
  );
  await assertConverged(target, folder);
});

/** Whether the first migration is applied and the second is on its way. */
async function isSecond({ database }: Target): Promise<boolean> {
  const [found] = await database.query<{ there: boolean }>(
    "SELECT to_regclass('public.a') IS NOT NULL AS there",
  );
  return found?.there ?? false;
}

test("a step during which the connection is lost again and again is not repeated for ever", async (t) => {
  const { network, database } = await openBreakable(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)", "2_b": "SELECT pg_sleep(60)" });
  const sleeping: string[] = [];
  const onProgress = ({ event }: RunProgress): void => {
    if (event === "started") setTimeout(() => network.reset(), 400);
    sleeping.push(event);
  };
  await assert.rejects(run(database, folder, { onProgress }), {
    name: "ConnectionError",
    message: /This run had done before: 1_a; 2_b was not completed, and the next run resumes it\.$/,
  });
  assert.equal(sleeping.filter((event) => event === "lost").length, 3);
});

test("a connection that cannot be made again leaves the truth in the message", async (t) => {
  const { network, database, beside } = await openBreakable(t);
  const folder = await slowFolder(t);
  const running = run(database, folder, { options: { silenceMs: 500, reconnectMs: 300 } });
  await until(beside, sleeps);
  network.stall();
  await assert.rejects(running, {
    name: "ConnectionError",
    message:
      /silent for too long.*This run had done before: 1_a; whether 2_b was completed is unknown until the next run\.$/,
  });
});

test("a violation that was found before the last answer was lost is not forgotten", async (t) => {
  const { network, database, target } = await openBreakable(t);
  const base = { "0_a": "CREATE TABLE a (b int)" };
  await run(target.database, await createFolder(t, base));
  const folder = await createFolder(t, {
    ...base,
    "1_seg": "INSERT INTO a VALUES (-1); CREATE INDEX CONCURRENTLY i ON a (b)",
  });
  const execute = database.execute.bind(database);
  let isBroken = false;
  t.mock.method(database, "execute", async (script: string) => {
    if (!isBroken && script.includes("finished_at")) {
      isBroken = true;
      void execute(script).catch(() => undefined);
      await until(
        target.database,
        "SELECT FROM _prisma_migrations WHERE migration_name = '1_seg' AND finished_at IS NOT NULL",
      );
      network.reset();
    }
    return execute(script);
  });
  const { applied, failed } = await run(database, folder, {
    checks: [returnsNoRows("negatives", "SELECT b FROM a WHERE b < 0", { when: ["inside"] })],
  });
  assert.ok(isBroken);
  assert.deepEqual([applied.map(({ name }) => name), failed?.outcome], [["1_seg"], "committed"]);
  assert.deepEqual(
    failed?.violated.map(({ check }) => check),
    ["negatives"],
  );
});
