import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import { connect, type Connection, ConnectionError, StatementFailure } from "../../../engine/index.ts";
import { createTestDatabase } from "../../database.ts";
import { openSession, openTarget } from "../target.ts";

async function refusalOf(connection: Connection): Promise<ConnectionError> {
  const error: unknown = await connect(connection).then(
    (database) => database.close(),
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof ConnectionError, inspect(error));
  if (connection.password !== undefined)
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(connection.password));
  return error;
}

async function silentServer(t: TestContext): Promise<number> {
  const server: Server = createServer((socket) => t.after(() => socket.destroy())).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

test("a wrong password is refused with the user and without the password", async (t) => {
  const error = await refusalOf({ ...(await createTestDatabase(t)), password: "Geheim-4711" });
  assert.equal(error.code, "PASSWORD_REFUSED");
  assert.equal(error.sqlstate, "28P01");
  assert.match(error.message, /user "postgres"/);
});

test("a role that does not exist is refused like a wrong password", async (t) => {
  const error = await refusalOf({ ...(await createTestDatabase(t)), user: "nobody at all" });
  assert.equal(error.code, "PASSWORD_REFUSED");
  assert.match(error.message, /"nobody at all"/);
});

test("an unknown host is named", async () => {
  const error = await refusalOf({ host: "no-such-host.invalid", database: "d", password: "Geheim-4711" });
  assert.equal(error.code, "HOST_UNKNOWN");
  assert.match(error.message, /no-such-host\.invalid/);
});

test("a port on which nobody listens is named, by address and by a name that has two addresses", async () => {
  for (const host of ["127.0.0.1", "localhost"]) {
    const error = await refusalOf({ host, port: 1, database: "d", password: "Geheim-4711" });
    assert.equal(error.code, "CONNECTION_REFUSED");
    assert.match(error.message, new RegExp(`${host}:1 refuses`));
  }
});

test("a server that does not answer is given up after the time-out", async (t) => {
  const port = await silentServer(t);
  const error = await refusalOf({ host: "127.0.0.1", port, database: "d", connectTimeoutSeconds: 0.2 });
  assert.equal(error.code, "CONNECTION_FAILED");
  assert.match(error.message, /no answer within connectTimeoutSeconds/);
});

test("a database that does not exist is named, with what creates it", async (t) => {
  const error = await refusalOf({ ...(await createTestDatabase(t)), database: 'No "such" database' });
  assert.equal(error.code, "DATABASE_MISSING");
  assert.equal(error.sqlstate, "3D000");
  assert.match(error.message, /createDatabase: true/);
});

test("TLS that the server does not offer is not silently left out", async (t) => {
  const error = await refusalOf({ ...(await createTestDatabase(t)), tls: "require" });
  assert.equal(error.code, "TLS_REFUSED");
  assert.match(error.message, /does not offer TLS/);
});

test("the search path of a session is its schema, whatever that is called", async (t) => {
  const { connection } = await openTarget(t);
  for (const schema of ["public", "Up.per", 'quo"te', "two words", "back\\slash", "a,b", "日本語"]) {
    const database = await openSession(t, { ...connection, schema });
    await database.query(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`);
    assert.deepEqual(await database.query("SELECT current_schemas(false)::text[] AS all"), [
      { all: [schema] },
    ]);
  }
});

test("RESET ALL brings the settings of the session back", async (t) => {
  const { database } = await openTarget(t, { settings: { lockTimeoutMs: 1234, statementTimeoutMs: 5678 } });
  await database.execute("SET lock_timeout = 0; SET statement_timeout = 0; SET search_path = ''; RESET ALL");
  const [row] = await database.query(
    "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement, current_schema() AS schema",
  );
  assert.deepEqual(row, { lock: "1234ms", statement: "5678ms", schema: "public" });
});

test("a failure tells SQLSTATE, position and how many statements had succeeded", async (t) => {
  const { database } = await openTarget(t);
  await assert.rejects(
    database.execute("SELECT 1; CREATE TABLE a (b int); SELECT 'é', nope FROM a"),
    (error) => {
      assert.ok(error instanceof StatementFailure);
      assert.equal(error.sqlstate, "42703");
      assert.equal(error.completedStatements, 2);
      assert.equal(error.position, "SELECT 1; CREATE TABLE a (b int); SELECT 'é', n".length);
      return true;
    },
  );
});

test("no error of the server shows the password of the connection", async (t) => {
  const { connection, database } = await openTarget(t);
  await assert.rejects(
    database.execute(
      `DO $$ BEGIN RAISE EXCEPTION '${connection.password}' USING HINT = '${connection.password}'; END $$`,
    ),
    (error) => {
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(connection.password));
      return error instanceof StatementFailure;
    },
  );
});

test("a session that is ended says so in an error of its own, and the process lives on", async (t) => {
  const { connection, database } = await openTarget(t);
  const other = await openSession(t, connection);
  const [own] = await database.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const sleeping = assert.rejects(database.query("SELECT pg_sleep(60)"), (error) => {
    assert.ok(error instanceof ConnectionError, String(error));
    assert.equal(error.code, "CONNECTION_LOST");
    assert.match(error.message, /terminating connection due to administrator command.*Run pulumi up again/);
    return true;
  });
  await other.query("SELECT pg_terminate_backend($1)", [own?.pid]);
  await sleeping;
  await assert.rejects(database.query("SELECT 1"), { code: "CONNECTION_LOST" });
  await database.close();
});
