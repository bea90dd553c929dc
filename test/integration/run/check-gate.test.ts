import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport, indexExists, noOrphans, returnsNoRows, tableExists } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

const noNegatives = returnsNoRows("no negatives", "SELECT * FROM a WHERE b < 0");
/** For runs that are to repair what does not hold. */
const repaired = { ...noNegatives, when: ["inside"] as const };

test("a check whose table is yet to be created does not stop the migrations that lead up to it", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_x": "CREATE TABLE x ()",
    "2_a": "CREATE TABLE a (b int)",
    "3_y": "",
  });
  const { applied, failed } = await run(database, folder, { checks: [noNegatives, tableExists("a")] });
  assert.equal(failed, undefined);
  assert.equal(applied.length, 3);
});

test("a check that did not hold before stops the last migration unless the run has repaired it", async (t) => {
  const { database } = await openTarget(t);
  await run(database, await createFolder(t, { "0_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (-1)" }));
  const folder = await createFolder(t, {
    "0_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (-1)",
    "1_x": "CREATE TABLE x ()",
    "2_y": "CREATE TABLE y ()",
  });
  const result = await run(database, folder, { checks: [repaired] });
  const { applied, failed, unapplied } = result;
  assert.deepEqual([applied.map(({ name }) => name), unapplied], [["1_x"], ["2_y"]]);
  assert.deepEqual(
    failed?.violated.map(({ check, before }) => [check, before]),
    [["no negatives", "violated"]],
  );
  assert.deepEqual(await database.query("SELECT to_regclass('y')::text AS y"), [{ y: null }]);

  await database.execute("UPDATE a SET b = 1");
  assert.equal((await run(database, folder, { checks: [repaired] })).failed, undefined);
});

test("what held before has to hold after each migration, not only after the last", async (t) => {
  const { database } = await openTarget(t);
  const base = { "0_a": "CREATE TABLE a (b int); CREATE TABLE p (id int)" };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, {
    ...base,
    "1_bad": "INSERT INTO a VALUES (-1)",
    "2_repair": "UPDATE a SET b = 1",
  });
  const { applied, failed, unapplied } = await run(database, folder, {
    checks: [noNegatives, noOrphans("a.b", "p.id")],
  });
  assert.deepEqual([applied, unapplied], [[], ["1_bad", "2_repair"]]);
  assert.deepEqual(
    failed?.violated.map(({ check }) => check),
    ["no negatives", "no orphans in a.b"],
  );
  assert.deepEqual(await database.query("SELECT * FROM a"), []);
});

test("checks look into the schema of the connection, whatever the script has done to the search path", async (t) => {
  const { database } = await openTarget(t, { schema: "App" });
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int); CREATE TEMP TABLE tmp (); SET search_path = public; SET ROLE pg_monitor",
  });
  const { failed } = await run(database, folder, {
    checks: [tableExists("a"), tableExists("App.a"), noNegatives],
  });
  assert.equal(failed, undefined);
  const { failed: missing } = await run(
    database,
    await createFolder(t, {
      "1_a":
        "CREATE TABLE a (b int); CREATE TEMP TABLE tmp (); SET search_path = public; SET ROLE pg_monitor",
      "2_b": "CREATE TEMP TABLE tmp ()",
    }),
    { checks: [tableExists("tmp")] },
  );
  assert.equal(missing?.violated[0]?.outcome, "violated");
});

test("what comes to hold during the run has to hold after each later migration, and the culprit is named", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_bad": "INSERT INTO a VALUES (-1)",
    "3_c": "CREATE TABLE c ()",
  });
  const result = await run(database, folder, { checks: [noNegatives] });
  const { applied, failed, unapplied } = result;
  assert.deepEqual([applied.map(({ name }) => name), unapplied], [["1_a"], ["2_bad", "3_c"]]);
  assert.equal(failed?.name, "2_bad");
  assert.deepEqual(
    failed.violated.map(({ check, before }) => [check, before]),
    [["no negatives", "unknown"]],
  );
  assert.doesNotMatch(failureReport({ ...result, failed }), /Failed before the run already/);
  assert.deepEqual(await database.query("SELECT * FROM a"), []);
});

test("a run that repairs the data may not break them again", async (t) => {
  const { database } = await openTarget(t);
  const base = { "0_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (-1)" };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, {
    ...base,
    "1_repair": "UPDATE a SET b = 1",
    "2_bad": "UPDATE a SET b = -1",
    "3_repair": "UPDATE a SET b = 1",
  });
  const { applied, failed } = await run(database, folder, { checks: [repaired] });
  assert.deepEqual([applied.map(({ name }) => name), failed?.name], [["1_repair"], "2_bad"]);
});

test("a history may create, drop and create again what is checked, from the beginning", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_create": "CREATE TABLE a (b int); CREATE INDEX i ON a (b)",
    "2_drop": "DROP TABLE a",
    "3_create": "CREATE TABLE a (b int); CREATE INDEX i ON a (b)",
  });
  const checks = [tableExists("a"), indexExists("i"), noNegatives];
  assert.equal((await run(database, folder, { checks })).failed, undefined);

  await database.execute("DROP TABLE a, _prisma_migrations");
  const dropped = await changeFolder(folder, { "3_create": "" });
  const { failed } = await run(await openSession(t, connection), dropped, { checks });
  assert.equal(failed?.name, "3_create");
  assert.deepEqual(
    failed.violated.map(({ check, outcome }) => [check, outcome]),
    [
      ["table a exists", "violated"],
      ["index i exists", "violated"],
      ["no negatives", "unknown"],
    ],
  );
});

test("what existed before the run may not be dropped by it, not even for a while", async (t) => {
  const { database } = await openTarget(t);
  const base = { "0_a": "CREATE TABLE a (b int)" };
  await run(database, await createFolder(t, base));
  const folder = await createFolder(t, {
    ...base,
    "1_drop": "DROP TABLE a",
    "2_a": "CREATE TABLE a (b int)",
  });
  const { failed } = await run(database, folder, { checks: [tableExists("a")] });
  assert.equal(failed?.name, "1_drop");
});
