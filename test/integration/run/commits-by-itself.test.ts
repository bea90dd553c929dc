import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { planRun, readFolder, stepsOf } from "../../../engine/index.ts";
import { failureReport } from "../../../engine/report/run-report.ts";
import { changeFolder, createFiles, createFolder, writeFiles } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, type Target, until } from "../target.ts";

const table = `CREATE TABLE a (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
INSERT INTO a SELECT generate_series(1, 4);`;
const body = (end = ""): string => `BEGIN
  FOR i IN 1..4 LOOP UPDATE a SET n = n + 1 WHERE id = i; COMMIT; END LOOP; ${end}
END`;
const block = (end = ""): string => `DO $$ ${body(end)} $$`;
const procedure = (end = ""): string =>
  `CREATE OR REPLACE PROCEDURE p() LANGUAGE plpgsql AS $$ ${body(end)} $$;`;
const failing = "RAISE 'not today';";

async function counts({ database }: Pick<Target, "database">): Promise<number[]> {
  return (await database.query<{ n: number }>("SELECT n FROM a ORDER BY id")).map(({ n }) => n);
}

async function target(
  t: TestContext,
  script: string,
  end?: string,
): Promise<Target & { folder: Awaited<ReturnType<typeof createFolder>> }> {
  const opened = await openTarget(t, { settings: { lockTimeoutMs: 200 } });
  const folder = await createFolder(t, { "1_a": `${table} ${procedure(end)}`, "2_b": script });
  return { ...opened, folder };
}

for (const script of [block(), "CALL p()", "-- fills\nCALL p(); -- done\n"])
  test(`${script} works in a Prisma folder, once`, async (t) => {
    const { database, folder } = await target(t, script);
    assert.equal((await run(database, folder)).applied.length, 2);
    assert.deepEqual(await counts({ database }), [1, 1, 1, 1]);
    const [, row] = await ledgerRows(database);
    assert.deepEqual([row?.applied_steps_count, row?.logs, row?.rolled_back_at], [1, null, null]);
    assert.equal((await run(database, folder)).applied.length, 0);
  });

test("a procedure without COMMIT is one transaction with its ledger row", async (t) => {
  const { database } = await openTarget(t);
  const atomic = "CREATE PROCEDURE p() LANGUAGE sql AS $$ UPDATE a SET n = n + 1; SELECT 1 / 0 $$;";
  const folder = await createFolder(t, { "1_a": `${table} ${atomic}`, "2_b": "CALL p()" });
  assert.equal((await run(database, folder)).failed?.outcome, "rolled-back");
  assert.equal((await run(database, folder)).failed?.outcome, "rolled-back");
  assert.deepEqual(await counts({ database }), [0, 0, 0, 0]);
});

for (const script of [block(failing), "CALL p()"])
  test(`${script.slice(0, 8)} that fails is reported as perhaps partly done and not repeated`, async (t) => {
    const { database, folder } = await target(t, script, failing);
    const result = await run(database, folder);
    const { failed } = result;
    assert.equal(failed?.outcome, "undecided");
    const report = failureReport({ ...result, failed });
    assert.match(report, /not today \(SQLSTATE P0001\)/);
    assert.match(report, /(?:DO|CALL).* in line 1 may be partly done: what it committed by itself stays\./);
    assert.match(report, /record the outcome in the stack's configuration: resolve: \{ "2_b@\d{4}-/);
    assert.doesNotMatch(report, /was removed|rolled back:|nothing else is needed/);
    const [, row] = await ledgerRows(database);
    assert.deepEqual([row?.finished_at, row?.rolled_back_at], [null, null]);

    const corrected = await changeFolder(folder, { "2_b": "SELECT 1" });
    for (const again of [folder, corrected])
      await assert.rejects(run(database, again), {
        message: /2_b .* May be partly done: not today\. Check what it changed/,
      });
    assert.deepEqual(await counts({ database }), [1, 1, 1, 1]);

    const [name = ""] = /2_b@[^"]+/.exec(report) ?? [];
    await database.execute(`UPDATE a SET n = 0; ${procedure()}`);
    const options = { resolve: { [name]: "rolled-back" } } as const;
    const whole = await changeFolder(folder, { "2_b": "CALL p()" });
    const plan = await planRun({ database, folder: whole, options });
    assert.equal((await run(database, whole, { plan })).applied.length, 1);
    assert.deepEqual(await counts({ database }), [1, 1, 1, 1]);
  });

test("what is declared applied is not run again", async (t) => {
  const { database, folder } = await target(t, "CALL p()", failing);
  await run(database, folder);
  const plan = await planRun({ database, folder, options: { resolve: { "2_b": "applied" } } });
  assert.deepEqual((await run(database, folder, { plan })).applied, []);
  assert.deepEqual((await planRun({ database, folder })).failed, []);
  assert.deepEqual(await counts({ database }), [1, 1, 1, 1]);
});

test("a lock time-out in the middle is not waited out by repeating", async (t) => {
  const { connection, database, folder } = await target(t, "CALL p()");
  await run(database, { ...folder, migrations: folder.migrations.slice(0, 1) });
  const writer = await openSession(t, connection);
  await writer.execute("BEGIN; UPDATE a SET n = 0 WHERE id = 3");
  const { failed } = await run(database, folder);
  assert.equal(failed?.outcome, "undecided");
  assert.equal(failed.error?.sqlstate, "55P03");
  assert.match(failed.error.hint ?? "", /CALL p\(\) in line 1 may be partly done/);
  await writer.execute("ROLLBACK");
  await assert.rejects(run(database, folder), { name: "PlanError" });
  assert.deepEqual(await counts({ database }), [1, 1, 0, 0]);
});

test("a connection that is lost in the middle is not made up for by repeating, whatever resolve says", async (t) => {
  const { connection, database, folder } = await target(t, "CALL p()");
  await run(database, { ...folder, migrations: folder.migrations.slice(0, 1) });
  const [writer, observer] = [await openSession(t, connection), await openSession(t, connection)];
  await database.execute(procedure(failing));
  await run(database, folder);
  await writer.execute(`UPDATE a SET n = 0; ${procedure()}`);
  await writer.execute("BEGIN; UPDATE a SET n = 0 WHERE id = 3");
  const session = await openSession(t, connection, { lockTimeoutMs: 0 });
  const options = { resolve: { "2_b": "rolled-back" } } as const;
  const plan = await planRun({ database: session, folder, options });
  const running = assert.rejects(run(session, folder, { plan }), (error: Error) => {
    assert.equal(error.name, "ConnectionError");
    assert.match(
      error.message,
      /This run had applied nothing before; 2_b was not completed and is not repeated\. It was interrupted, and CALL p\(\) in line 1 may be partly done, since it commits by itself\. Check what it changed, then record the outcome in the stack's configuration: resolve: \{ "2_b@/,
    );
    return true;
  });
  await until(
    observer,
    "SELECT FROM pg_stat_activity WHERE query LIKE 'CALL p()%' AND wait_event_type = 'Lock' AND datname = current_database()",
  );
  session.abandon("the test ends it");
  await running;
  await writer.execute("ROLLBACK");
  await assert.rejects(run(observer, folder), {
    name: "PlanError",
    message: /It was interrupted, and CALL p\(\)/,
  });
  assert.deepEqual(await counts({ database: observer }), [1, 1, 0, 0]);
});

const marked = {
  dbmate: (script: string, option = "") =>
    `-- migrate:up${option && " transaction:false"}\n${script}\n-- migrate:down\n`,
  goose: (script: string, option = "") =>
    `${option && "-- +goose NO TRANSACTION\n"}-- +goose Up\n-- +goose StatementBegin\n${script}\n-- +goose StatementEnd\n`,
};

for (const format of ["dbmate", "goose"] as const)
  test(`${format}: a block outside a transaction is not repeated after a failure in the middle`, async (t) => {
    const { database } = await openTarget(t);
    const [name, write] = ["00002_fill.sql", marked[format]];
    const files = { "00001_a.sql": write(table), [name]: write(`${block(failing)};`, "alone") };
    const dir = await createFiles(t, files);
    const folder = await readFolder({ dir });
    assert.equal(folder.format, format);
    assert.equal((await run(database, folder)).failed?.outcome, "undecided");
    await writeFiles(dir, { [name]: write(`${block()};`, "alone") });
    await assert.rejects(run(database, await readFolder({ dir })), {
      message: /May be partly done: not today/,
    });
    assert.deepEqual(await counts({ database }), [1, 1, 1, 1]);

    const plan = await planRun({ database, folder, options: { resolve: { "00002_fill": "applied" } } });
    assert.equal((await run(database, folder, { plan })).failed, undefined);
    assert.deepEqual(stepsOf(await planRun({ database, folder }), "apply"), []);
  });

test("a down script that commits by itself is refused before anything runs", async (t) => {
  const { database } = await openTarget(t);
  const up = marked.goose(table, "alone");
  const dir = await createFiles(t, {
    "00001_z.sql": marked.goose("CREATE TABLE z ()"),
    "00002_a.sql": `${up}-- +goose Down\n-- +goose StatementBegin\n${block()};\n-- +goose StatementEnd\n`,
  });
  const folder = await readFolder({ dir });
  await run(database, folder);
  const plan = await planRun({ database, folder, options: { target: "00001_z" } });
  await assert.rejects(run(database, folder, { plan }), {
    message: /A down script must not commit by itself/,
  });
  assert.deepEqual(await counts({ database }), [0, 0, 0, 0]);
});

test("a block that commits beside other statements is refused with what to do", async (t) => {
  const { database, folder } = await target(t, `SELECT 1; ${block()}`);
  const result = await run(database, folder);
  assert.equal(result.failed?.outcome, "rolled-back");
  assert.match(
    failureReport({ ...result, failed: result.failed }),
    /cannot end the transaction of its migration\. Move it into a migration without other statements/,
  );
  assert.deepEqual(await counts({ database }), [0, 0, 0, 0]);
});
