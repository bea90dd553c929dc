import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  connect,
  type Connection,
  type LogicalBackupRequest,
  openShadow,
  readChecks,
  runChecks,
  schemaMatches,
} from "../../engine/index.ts";
import { requireUnprivileged } from "../../engine/shadow/require-unprivileged.ts";
import { createRolesAndExtensions } from "../../engine/shadow/roles-and-extensions.ts";
import { createUnprivilegedRole } from "../../engine/shadow/unprivileged-role.ts";
import { useDumpableServer } from "../dumpable-server.ts";
import { takeBackup, temporaryFolder } from "../integration/backup/logical-backup/taken-backup.ts";
import { openSession, run } from "../integration/target.ts";
import { createFolder } from "../migration-folder.ts";
import { createAttackedDatabase } from "./hostile-role.ts";

useDumpableServer();

/** A folder in which any account may write, for what a program that was run leaves. */
async function openFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-loot-"));
  await chmod(folder, 0o777);
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What SQL tries where it runs as somebody else: each is an expression or statement, and none must succeed. */
function attempts(loot: string): Record<string, string> {
  return {
    program: `COPY (SELECT 1) TO PROGRAM 'env > ${loot}/program'`,
    "program as input": `CREATE TEMP TABLE loot_in (line text); COPY loot_in FROM PROGRAM 'env | tee ${loot}/input'`,
    "file written": `COPY (SELECT 1) TO '${loot}/file'`,
    "file read": "PERFORM pg_catalog.pg_read_file('/etc/passwd')",
    "environment read": "PERFORM pg_catalog.pg_read_binary_file('/proc/self/environ')",
    "folder listed": "PERFORM pg_catalog.pg_ls_dir('/')",
    "large object in": "PERFORM pg_catalog.lo_import('/etc/passwd')",
    "large object out": `PERFORM pg_catalog.lo_export(pg_catalog.lo_from_bytea(0, 'x'), '${loot}/object')`,
    "C function": `CREATE FUNCTION pg_temp.loot(text) RETURNS int LANGUAGE c AS '$libdir/../libc', 'system'`,
    "untrusted language": "CREATE EXTENSION plpython3u",
    "file wrapper": "CREATE EXTENSION file_fdw",
    setting: "ALTER SYSTEM SET archive_command = 'true'",
    "superuser by attribute": "ALTER ROLE CURRENT_USER SUPERUSER",
    "superuser created": "CREATE ROLE loot_super SUPERUSER",
    "superuser by session":
      "EXECUTE (SELECT pg_catalog.format('SET SESSION AUTHORIZATION %I', rolname) FROM pg_catalog.pg_roles WHERE oid = 10)",
    "superuser by role":
      "EXECUTE (SELECT pg_catalog.format('SET ROLE %I', rolname) FROM pg_catalog.pg_roles WHERE oid = 10)",
    "superuser by membership":
      "EXECUTE (SELECT pg_catalog.format('GRANT %I TO CURRENT_USER', rolname) FROM pg_catalog.pg_roles WHERE oid = 10)",
    "password of the superuser":
      "EXECUTE (SELECT pg_catalog.format('ALTER ROLE %I PASSWORD %L', rolname, 'known') FROM pg_catalog.pg_roles WHERE oid = 10)",
    "membership in programs": "GRANT pg_execute_server_program TO CURRENT_USER",
    "membership through another":
      "CREATE ROLE loot_mate; GRANT pg_read_server_files TO loot_mate; GRANT loot_mate TO CURRENT_USER",
    "setting of the superuser":
      "EXECUTE (SELECT pg_catalog.format('ALTER ROLE %I SET session_preload_libraries = %L', rolname, 'x') FROM pg_catalog.pg_roles WHERE oid = 10)",
    "connection by dblink":
      "PERFORM * FROM public.dblink('host=127.0.0.1 user=x password=x dbname=postgres', 'SELECT 1') AS t (a int)",
  };
}

/** A function that tries everything, except on the server of this port, and records what worked. */
function lootFunction(loot: string, port: number): string {
  const blocks = Object.entries(attempts(loot)).map(
    ([name, statement]) => `BEGIN ${statement}; INSERT INTO public.loot VALUES ('${name}');
      EXCEPTION WHEN OTHERS THEN INSERT INTO public.tried VALUES ('${name}'); END;`,
  );
  return `CREATE TABLE public.loot (name text); CREATE TABLE public.tried (name text);
    GRANT ALL ON public.loot, public.tried TO PUBLIC;
    CREATE FUNCTION public.steal() RETURNS void LANGUAGE plpgsql AS $steal$ BEGIN ${blocks.join("\n")} END $steal$;
    CREATE FUNCTION public.take(given int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $take$ BEGIN
      IF pg_catalog.current_setting('port')::int <> ${port} THEN PERFORM public.steal(); END IF;
      RETURN given; END $take$;`;
}

async function rowsOf(connection: Connection, sql: string): Promise<string[]> {
  const session = await connect(connection);
  try {
    return (await session.query<{ name: string }>(sql)).map(({ name }) => name);
  } finally {
    await session.close();
  }
}

/** Places of a database in which a function runs while it is restored, or while what was restored is looked at. */
const carriers = {
  "a CHECK constraint": "CREATE TABLE bait (id int CHECK (public.take(id) > 0)); INSERT INTO bait VALUES (1)",
  "a generated column":
    "CREATE TABLE bait (id int, twice int GENERATED ALWAYS AS (public.take(id)) STORED); INSERT INTO bait VALUES (1)",
  "an index expression":
    "CREATE TABLE bait (id int); INSERT INTO bait VALUES (1); CREATE INDEX ON bait ((public.take(id)))",
  "a constraint of a domain":
    "CREATE DOMAIN lured AS int CHECK (public.take(VALUE) > 0); CREATE TABLE bait (id lured); INSERT INTO bait VALUES (1)",
  "a partition key":
    "CREATE TABLE bait (id int) PARTITION BY LIST (public.take(id)); CREATE TABLE bait_1 PARTITION OF bait DEFAULT; INSERT INTO bait VALUES (1)",
};

for (const [carrier, script] of Object.entries(carriers))
  test(`a dump with ${carrier} reaches neither programs nor files of the machine`, async (t) => {
    const attacked = await createAttackedDatabase(t);
    const { victim } = attacked;
    const loot = await openFolder(t);
    const session = await openSession(t, victim);
    await session.execute("CREATE EXTENSION dblink SCHEMA public");
    await attacked.attack(`${lootFunction(loot, victim.port)} ${script}`);
    const seen: string[][] = [];
    const { verified } = await takeBackup(await requestOf(t, victim), {
      onRestored: async (restored) => {
        seen.push(await rowsOf(restored, "SELECT name FROM public.loot"));
        seen.push(await rowsOf(restored, "SELECT DISTINCT name FROM public.tried"));
        seen.push(
          await rowsOf(
            restored,
            `SELECT rolname AS name FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
                AND (rolsuper OR rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))`,
          ),
        );
      },
    });
    assert.equal(verified.by, "restore", verified.notRestored);
    // An index or a partition is made before or after the rows that record it come, but always runs unprivileged.
    assert.deepEqual([seen[0], seen[2]], [[], []]);
    if (carrier === "a CHECK constraint") assert.equal(seen[1]?.length, Object.keys(attempts(loot)).length);
    assert.deepEqual(await readdir(loot), []);
  });

test("the role of other people's SQL joins no mighty role, on any version", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const name = `restorer_${process.pid}`;
  const role = await createUnprivilegedRole(victim, name);
  t.after(async () => {
    const session = await connect({ ...victim, database: "postgres" });
    await session.execute(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    await session.close();
  });
  await createRolesAndExtensions(victim, name, {
    roles: [name, "postgres"],
    extensions: [
      { name: "dblink", schema: "public" },
      { name: "no such extension", schema: "public" },
    ],
  });
  await requireUnprivileged(role);
  const session = await openSession(t, role);
  const loot = await openFolder(t);
  for (const [attempt, statement] of Object.entries(attempts(loot)))
    await assert.rejects(session.execute(`DO $do$ BEGIN ${statement}; END $do$`), attempt);
  await assert.rejects(
    session.execute("ALTER SYSTEM SET archive_command = 'true'"),
    /permission denied|must be superuser/,
  );
  await requireUnprivileged(role);
  assert.deepEqual(await readdir(loot), []);
});

test("an event trigger of a superuser's database is left out, and that is said", async (t) => {
  const attacked = await createAttackedDatabase(t);
  const { victim } = attacked;
  const loot = await openFolder(t);
  await attacked.attack(lootFunction(loot, victim.port));
  const session = await openSession(t, victim);
  await session.execute(
    `CREATE FUNCTION public.on_end() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM public.take(1); END';
     CREATE EVENT TRIGGER bait ON ddl_command_end EXECUTE FUNCTION public.on_end();
     CREATE SCHEMA tools; CREATE EXTENSION pg_stat_statements SCHEMA tools; CREATE EXTENSION citext SCHEMA tools`,
  );
  const { verified } = await takeBackup(await requestOf(t, victim));
  assert.deepEqual([verified.by, verified.leftOut], ["restore", ["1 event trigger"]], verified.notRestored);
  assert.deepEqual(await readdir(loot), []);
});

test("what only a superuser can restore is not said to be proven", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const session = await openSession(t, victim);
  await session.execute("CREATE CAST (bytea AS xid8) WITHOUT FUNCTION").catch(() => undefined);
  await session.execute(
    `CREATE FUNCTION public.root(float8) RETURNS float8 LANGUAGE internal IMMUTABLE STRICT AS 'dsqrt'`,
  );
  const { verified } = await takeBackup(await requestOf(t, victim));
  assert.equal(verified.by, "archive");
  assert.match(verified.notRestored ?? "", /role is not a superuser.* cannot restore everything/);
});

test("foreign tables of a dump connect to nothing", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const session = await openSession(t, victim);
  await session.execute(
    `CREATE EXTENSION postgres_fdw; CREATE EXTENSION file_fdw;
     CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1');
     CREATE FOREIGN TABLE away_table (a int) SERVER away;
     CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS (user 'x', password 'x')`,
  );
  const messages: string[] = [];
  const { verified } = await takeBackup(await requestOf(t, victim), {
    onRestored: async (restored) => {
      const look = rowsOf(restored, "SELECT a::text AS name FROM away_table");
      await look.catch((error: unknown) => messages.push((error as Error).message));
    },
  });
  assert.deepEqual([verified.by, verified.leftOut], ["restore", ["1 user mapping"]], verified.notRestored);
  assert.match(messages.join(), /foreign-data wrapper "postgres_fdw" has no handler/);
});

test("a named shadow restores as no superuser, unless it is told to", async (t) => {
  const attacked = await createAttackedDatabase(t);
  const { victim } = attacked;
  const session = await openSession(t, victim);
  const loot = await openFolder(t);
  await attacked.attack(`${lootFunction(loot, victim.port)} ${carriers["a CHECK constraint"]}`);
  const shadow = await roleOf(t, victim, "CREATEDB");
  const request = await requestOf(t, victim);
  const server = { ...victim, database: "postgres" };
  await assert.rejects(
    takeBackup({ ...request, shadow: server }),
    refusedShadow(/is a superuser, .*\(CREATE ROLE shadow LOGIN CREATEDB\).*allowSuperuser: true/),
  );
  const role = shadow.user ?? "";
  for (const mighty of ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"]) {
    await session.execute(`GRANT ${mighty} TO "${role}"`);
    await assert.rejects(
      openShadow({ server: shadow }),
      refusedShadow(new RegExp(`is a member of ${mighty}`)),
    );
    await session.execute(`REVOKE ${mighty} FROM "${role}"`);
  }
  const { verified } = await takeBackup({ ...request, shadow });
  assert.equal(verified.by, "restore", verified.notRestored);
  const opened = await openShadow({ server, allowSuperuser: true });
  await opened.close();
});

test("migrations that are replayed for a comparison run as no superuser", async (t) => {
  const { victim } = await createAttackedDatabase(t);
  const loot = await openFolder(t);
  const folder = await createFolder(t, {
    "1_bait": `${lootFunction(loot, victim.port)} CREATE TABLE bait (id int); SELECT public.take(1);`,
  });
  const database = await openSession(t, victim);
  assert.equal((await run(database, folder)).failed, undefined);
  const checks = await readChecks([JSON.parse(JSON.stringify(schemaMatches(folder.dir)))]);
  const [result] = await runChecks({ database, checks });
  assert.deepEqual([result?.error, result?.rows], [undefined, []]);
  assert.deepEqual(await readdir(loot), []);
  assert.ok(!existsSync(join(loot, "program")));
});

async function requestOf(t: TestContext, connection: Connection): Promise<LogicalBackupRequest> {
  return {
    connection,
    target: { directory: await temporaryFolder(t) },
    ledger: { position: "1", digest: "1" },
    restore: "always",
  };
}

async function roleOf(t: TestContext, victim: Connection, attributes: string): Promise<Connection> {
  const user = `shadow_${process.pid}_${Math.trunc(performance.now())}`;
  const execute = async (sql: string) => {
    const session = await connect({ ...victim, database: "postgres" });
    await session.execute(sql).finally(() => session.close());
  };
  await execute(`CREATE ROLE "${user}" LOGIN PASSWORD 'shadow' ${attributes}`);
  t.after(() => execute(`DROP ROLE "${user}"`));
  return { ...victim, database: "postgres", user, password: "shadow" };
}

function refusedShadow(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.equal((error as { code?: string }).code, "SHADOW_IS_SUPERUSER");
    assert.match((error as Error).message, message);
    return true;
  };
}
