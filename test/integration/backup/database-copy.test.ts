import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { BackupError, copyDatabase } from "../../../engine/index.ts";
import { quoteIdentifier, quoteLiteral } from "../../../engine/postgres/text/identifier.ts";
import { createRole, openSession } from "../target.ts";
import { copiesOf, sourceDatabase } from "./source-database.ts";

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BackupError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

test("a database that others are connected to is not copied, and they are named", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const application = await openSession(t, connection);
  await application.execute("SET application_name = 'shop api'");
  await assert.rejects(
    copyDatabase({ connection }),
    refusal(
      "BACKUP_SOURCE_IN_USE",
      /1 other session: process \d+ \(shop api, user postgres.*terminateSessions: true/,
    ),
  );
  assert.deepEqual(await copiesOf(maintenance, connection.database), []);
  assert.deepEqual(await application.query("SELECT 1 AS one"), [{ one: 1 }]);
});

test("sessions are ended where that is asked for", async (t) => {
  const { connection } = await sourceDatabase(t);
  const application = await openSession(t, connection);
  await application.execute("SET application_name = 'shop api'");
  assert.equal((await copyDatabase({ connection, terminateSessions: true })).verified.rows, 3);
  await assert.rejects(application.query("SELECT 1"), { code: "CONNECTION_LOST" });
});

test("a run of this package is waited for, not ended", async (t) => {
  const { connection } = await sourceDatabase(t);
  const runner = await openSession(t, connection);
  const messages: string[] = [];
  const backup = await copyDatabase({
    connection,
    terminateSessions: true,
    onProgress(message) {
      messages.push(message);
      if (message.startsWith("waiting"))
        void runner.execute('INSERT INTO "Odd.one".a VALUES (4)').then(() => runner.close());
    },
  });
  assert.ok(
    messages.some((message) =>
      /waiting for another migration run: process \d+ \(pulumi-pg-migrations/.test(message),
    ),
  );
  assert.equal(backup.verified.rows, 4);
});

test("owner, privileges, settings and the connection limit go with the copy", async (t) => {
  const { connection, maintenance, database } = await sourceDatabase(t);
  const { user } = await createRole(t, {
    connection: { ...connection, database: randomBytes(4).toString("hex") },
    database: maintenance,
  });
  assert.ok(database);
  const [source, role] = [quoteIdentifier(connection.database), quoteIdentifier(user)];
  await maintenance.execute(`ALTER DATABASE ${source} OWNER TO ${role}`);
  await maintenance.execute(`ALTER DATABASE ${source} CONNECTION LIMIT 17`);
  await maintenance.execute(`REVOKE ALL ON DATABASE ${source} FROM PUBLIC`);
  await maintenance.execute(`GRANT CONNECT ON DATABASE ${source} TO pg_monitor WITH GRANT OPTION`);
  await maintenance.execute(`ALTER DATABASE ${source} SET search_path TO "a b", "$user", public`);
  await maintenance.execute(`ALTER DATABASE ${source} SET app.note TO ${quoteLiteral('it\'s = \\ "x"')}`);
  await maintenance.execute(`ALTER ROLE ${role} IN DATABASE ${source} SET statement_timeout TO '7s'`);
  const { id } = await copyDatabase({ connection });
  const propertiesOf = (name: string) =>
    maintenance.query(
      `SELECT pg_get_userbyid(datdba) AS owner, datconnlimit, datallowconn,
              (SELECT array_agg(acl::text ORDER BY acl::text) FROM unnest(datacl) AS acl) AS acl,
              (SELECT array_agg(setrole::regrole || ': ' || setconfig::text ORDER BY 1) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings
         FROM pg_database d WHERE datname = $1`,
      [name],
    );
  assert.deepEqual(await propertiesOf(id), await propertiesOf(connection.database));
});

test("a role that may not copy the database is told what it needs, and leaves nothing", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const plain = await createRole(t, {
    connection: { ...connection, database: randomBytes(4).toString("hex") },
    database: maintenance,
  });
  const request = { connection: { ...plain, database: connection.database } };
  await assert.rejects(
    copyDatabase(request),
    refusal("BACKUP_REFUSED", /cannot be copied: permission denied.*42501.*CREATEDB/),
  );
  await maintenance.execute(`ALTER ROLE ${quoteIdentifier(plain.user)} CREATEDB`);
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(connection.database)} OWNER TO ${quoteIdentifier(plain.user)}`,
  );
  await assert.rejects(
    copyDatabase(request),
    refusal("BACKUP_NOT_PROVEN", /permission denied for schema Odd\.one.*42501.*superuser/),
  );
  assert.deepEqual(
    await maintenance.query("SELECT FROM pg_database WHERE datname LIKE $1", [
      `${connection.database}_copy_%`,
    ]),
    [],
  );
});

test("a role without privileges sees the sessions in its way, and cannot end those of a superuser", async (t) => {
  const { connection, maintenance } = await sourceDatabase(t);
  const plain = await createRole(
    t,
    { connection: { ...connection, database: randomBytes(4).toString("hex") }, database: maintenance },
    "CREATEDB",
  );
  await maintenance.execute(
    `ALTER DATABASE ${quoteIdentifier(connection.database)} OWNER TO ${quoteIdentifier(plain.user)}`,
  );
  const application = await openSession(t, connection);
  await application.execute("SET application_name = 'shop api'");
  const request = { connection: { ...plain, database: connection.database } };
  await assert.rejects(
    copyDatabase(request),
    refusal("BACKUP_SOURCE_IN_USE", /process \d+ \(shop api, user postgres\)/),
  );
  await assert.rejects(
    copyDatabase({ ...request, terminateSessions: true }),
    refusal("BACKUP_SESSION_NOT_ENDED", /may not end process \d+ \(shop api/),
  );
});

test("a database that does not exist, and a retention that keeps nothing, are refused", async (t) => {
  const { connection } = await sourceDatabase(t);
  await assert.rejects(
    copyDatabase({ connection: { ...connection, database: "no such" } }),
    refusal("BACKUP_SOURCE_MISSING", /no such/),
  );
  for (const retain of [0, -1, 1.5, Number.NaN])
    await assert.rejects(copyDatabase({ connection, retain }), refusal("RETENTION_UNUSABLE", /at least 1/));
});
