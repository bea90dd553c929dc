import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import {
  createDatabase,
  noOrphans,
  preflight,
  PreflightError,
  readFolder,
  tableExists,
  stepsOf,
} from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { changeFolder, createFiles, createFolder, writeFiles } from "../../migration-folder.ts";
import { createRole, openSession, openTarget, run } from "../target.ts";

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof PreflightError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test("a preflight tells version, plan and how the checks stand, and changes nothing", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  const before = await stateOf(connection);
  const result = await preflight({ connection, folder, checks: [tableExists("a"), noOrphans("a.b", "c.d")] });
  assert.equal(result.databaseExists, true);
  assert.match(result.serverVersion ?? "", /^\d+\.\d+/);
  assert.deepEqual(
    stepsOf(result.plan, "apply").map(({ name }) => name),
    ["1_a"],
  );
  assert.deepEqual(
    result.checks.map(({ outcome }) => outcome),
    ["violated", "unknown"],
  );
  assert.deepEqual(await stateOf(connection), before);
});

test("a database that is yet to be created has everything pending, where that is allowed", async (t) => {
  const { connection, database } = await openTarget(t);
  const missing = { ...connection, database: `Missing ${randomBytes(4).toString("hex")}` };
  const folder = await createFolder(t, { "1_a": "" });
  await assert.rejects(preflight({ connection: missing, folder }), { code: "DATABASE_MISSING" });
  const result = await preflight({ connection: missing, folder, createDatabase: true });
  assert.deepEqual(
    [result.databaseExists, stepsOf(result.plan, "apply").length, result.checks],
    [false, 1, []],
  );

  t.after(() =>
    database.execute(`DROP DATABASE IF EXISTS "${missing.database}" WITH (FORCE)`).catch(() => undefined),
  );
  await Promise.all([createDatabase(missing), createDatabase(missing), createDatabase(missing)]);
  const created = await openSession(t, missing);
  assert.equal((await run(created, folder)).applied.length, 1);
  await created.close();
  await createDatabase(missing);
  assert.equal(stepsOf((await preflight({ connection: missing, folder })).plan, "apply").length, 0);
  await database.execute(`DROP DATABASE "${missing.database}" WITH (FORCE)`);
});

test("a role that may not create a database is told what it needs", async (t) => {
  const target = await openTarget(t);
  const plain = await createRole(t, target);
  await assert.rejects(
    createDatabase({ ...plain, database: "not made" }),
    refusal("DATABASE_NOT_CREATED", /permission denied.*42501.*CREATEDB/),
  );
});

test("a role is told what to grant, step by step, until it can run", async (t) => {
  const target = await openTarget(t, { schema: "App" });
  const { database } = target;
  const connection = await createRole(t, target);
  const role = `"${connection.user}"`;
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  const attempt = () => preflight({ connection, folder });
  const grantOf = async (wanted: RegExp): Promise<void> => {
    await assert.rejects(attempt(), (error) => {
      assert.ok(error instanceof PreflightError, String(error));
      assert.equal(error.code, "PRIVILEGE_MISSING");
      assert.match(error.message, wanted);
      return true;
    });
  };

  await grantOf(
    new RegExp(`create the schema App.*GRANT CREATE ON DATABASE "${connection.database}" TO ${role};`),
  );
  await database.execute('CREATE SCHEMA "App"');
  await grantOf(new RegExp(`use the schema App.*GRANT USAGE, CREATE ON SCHEMA "App" TO ${role};`));
  await database.execute(`GRANT USAGE ON SCHEMA "App" TO ${role}`);
  await grantOf(
    new RegExp(`create tables in the schema App.*GRANT USAGE, CREATE ON SCHEMA "App" TO ${role};`),
  );
  await database.execute(`GRANT CREATE ON SCHEMA "App" TO ${role}`);
  assert.equal(stepsOf((await attempt()).plan, "apply").length, 1);

  await run(database, folder);
  await changeFolder(folder, { "2_b": "CREATE TABLE b ()" });
  await grantOf(
    new RegExp(
      `read and write the ledger "App"\\."_prisma_migrations".*GRANT SELECT, INSERT, UPDATE ON "App"\\."_prisma_migrations" TO ${role};`,
    ),
  );
  await database.execute(`GRANT SELECT ON "App"._prisma_migrations TO ${role}`);
  assert.equal(stepsOf((await attempt()).plan, "apply").length, 0);
  const changed = await changeFolder(folder, { "2_b": "CREATE TABLE b ()" });
  await assert.rejects(
    preflight({ connection, folder: changed }),
    refusal("PRIVILEGE_MISSING", /INSERT, UPDATE/),
  );
  await database.execute(`GRANT INSERT, UPDATE ON "App"._prisma_migrations TO ${role}`);
  assert.equal(stepsOf((await preflight({ connection, folder: changed })).plan, "apply").length, 1);
  const session = await openSession(t, connection);
  assert.equal((await run(session, changed)).applied.length, 1);
});

test("a role whose transactions are read-only is refused, unless nothing is pending", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "" });
  await database.execute(`ALTER DATABASE ${connection.database} SET default_transaction_read_only = on`);
  await assert.rejects(
    preflight({ connection, folder }),
    refusal("SERVER_READ_ONLY", /default_transaction_read_only/),
  );
  await database.execute("SET default_transaction_read_only = off");
  await run(database, folder);
  assert.equal(stepsOf((await preflight({ connection, folder })).plan, "apply").length, 0);
});

test("an unsound plan is refused before anything else is looked at", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "SELEC 1" });
  await assert.rejects(preflight({ connection, folder }), {
    code: "PLAN_UNSOUND",
    message: /1_a.migration\.sql:1:1: syntax error/,
  });
});

test("a script that cannot be read is told, though it is applied and its ledger knows names alone", async (t) => {
  const { connection, database } = await openTarget(t);
  const dir = await createFiles(t, { "1_a.sql": "-- migrate:up\nCREATE TABLE a ();\n-- migrate:down\n" });
  await run(database, await readFolder({ dir }));
  await writeFiles(dir, { "1_a.sql": "CREATE TABLE a ();\n" });
  const folder = await readFolder({ dir, format: "dbmate" });
  await assert.rejects(preflight({ connection, folder }), {
    name: "FolderError",
    message: /1_a\.sql:1: "-- migrate:up" is missing/,
  });
});
