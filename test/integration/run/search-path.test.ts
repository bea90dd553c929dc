import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  type Connection,
  type Database,
  type Folder,
  pendingReport,
  planRun,
  preflight,
  readCommandFolder,
  readFolder,
  schemaMatches,
  stepsOf,
} from "../../../engine/index.ts";
import { recordFiles } from "../../../engine/ledger/files-ledger.ts";
import { LedgerError } from "../../../engine/ledger/ledger-error.ts";
import { createFiles, createFolder, writeFiles } from "../../migration-folder.ts";
import { createRole, openSession, openTarget, run, type Target } from "../target.ts";

const scripts = {
  "1_gifts": "CREATE TABLE gifts (id int PRIMARY KEY)",
  "2_index": "CREATE INDEX CONCURRENTLY gifts_id ON gifts (id)",
};

/** Where tables of that name are, with their schemas. */
async function schemasOf(database: Database, table: string): Promise<unknown> {
  const rows = await database.query<{ schema: string }>(
    `SELECT relnamespace::regnamespace::text AS schema FROM pg_class
      WHERE relname = $1 AND relkind = 'r' ORDER BY 1`,
    [table],
  );
  return rows.map(({ schema }) => schema);
}

async function roleOf(t: TestContext, target: Target): Promise<Target["connection"]> {
  const connection = await createRole(t, target);
  await target.database.execute(
    `GRANT ALL ON DATABASE "${connection.database}" TO "${connection.user}";
     GRANT ALL ON SCHEMA public TO "${connection.user}"`,
  );
  return connection;
}

const url = ({ user, password, host, port, database }: Target["connection"], query: string): Connection => ({
  url: `postgresql://${encodeURIComponent(user)}:${password}@${host}:${port}/${database}?${query}`,
});

interface Situation {
  name: string;
  prepare: (target: Target, role: Target["connection"]) => Promise<void>;
  connect?: (role: Target["connection"]) => Connection;
  schema: string;
}

const schemaOfRole = ({ database }: Target, { user }: Target["connection"]): Promise<void> =>
  database.execute(`CREATE SCHEMA "${user}" AUTHORIZATION "${user}"`);
const appOf = ({ database }: Target, { user }: Target["connection"]): Promise<void> =>
  database.execute(`CREATE SCHEMA app AUTHORIZATION "${user}"`);

const situations: Situation[] = [
  {
    name: "nothing but what every server has",
    prepare: () => Promise.resolve(),
    schema: "public",
  },
  {
    name: "a schema that is named as the role",
    prepare: schemaOfRole,
    schema: "$user",
  },
  {
    name: "the search path of the role",
    prepare: async (target, role) => {
      await appOf(target, role);
      await target.database.execute(`ALTER ROLE "${role.user}" SET search_path TO app, extensions`);
    },
    schema: "app",
  },
  {
    name: "the search path of the role in this database",
    prepare: async (target, role) => {
      await appOf(target, role);
      await target.database.execute(
        `ALTER ROLE "${role.user}" IN DATABASE "${role.database}" SET search_path TO app`,
      );
    },
    schema: "app",
  },
  {
    name: "the search path of the database, whose first schema is not there",
    prepare: async (target, role) => {
      await target.database.execute(`CREATE SCHEMA "My App" AUTHORIZATION "${role.user}"`);
      await target.database.execute(
        `ALTER DATABASE "${role.database}" SET search_path TO missing, "My App", public`,
      );
    },
    schema: '"My App"',
  },
  {
    name: "a search path none of whose schemas is there",
    prepare: ({ database }, role) =>
      database.execute(`ALTER ROLE "${role.user}" SET search_path TO "$user", "New One", other`),
    schema: '"New One"',
  },
  {
    name: "?search_path= of the URL",
    prepare: appOf,
    connect: (role) => url(role, "search_path=app%2Cpublic"),
    schema: "app",
  },
  {
    name: "?search_path= of the URL, which leaves it to the server",
    prepare: appOf,
    connect: (role) => url(role, "search_path=%22%24user%22%2Capp%2Cpublic"),
    schema: "app",
  },
  {
    name: "?options= of the URL",
    prepare: () => Promise.resolve(),
    connect: (role) => url(role, "options=-csearch_path%3Dapp"),
    schema: "app",
  },
  {
    name: "?schema= of the URL, which wins over the role's",
    prepare: async (target, role) => {
      await appOf(target, role);
      await target.database.execute(`ALTER ROLE "${role.user}" SET search_path TO app`);
    },
    connect: (role) => url(role, "schema=other"),
    schema: "other",
  },
];

for (const { name, prepare, connect = (role: Target["connection"]) => role, schema } of situations)
  test(`migrations and ledger go where the server leads names without a schema: ${name}`, async (t) => {
    const target = await openTarget(t);
    const role = await roleOf(t, target);
    await prepare(target, role);
    const connection = connect(role);
    const folder = await createFolder(t, scripts);
    const expected = schema === "$user" ? `"${role.user}"` : schema;
    const found = await preflight({ connection, folder });
    const ledger = `${expected.startsWith('"') ? expected : `"${expected}"`}."_prisma_migrations"`;
    assert.equal(found.plan.ledger, ledger);
    assert.ok(pendingReport(found.plan).startsWith(`2 migrations pending (the ledger ${ledger} is empty)`));
    assert.equal((await run(await openSession(t, connection), folder)).applied.length, 2);
    assert.deepEqual(await schemasOf(target.database, "gifts"), [expected]);
    assert.deepEqual(await schemasOf(target.database, "_prisma_migrations"), [expected]);
    const again = await preflight({ connection, folder });
    assert.deepEqual([stepsOf(again.plan, "apply"), again.plan.applied.length], [[], 2]);
  });

test("a search path of several schemas stays as the server has it, in the shadow too", async (t) => {
  const target = await openTarget(t);
  const role = await roleOf(t, target);
  await appOf(target, role);
  await target.database.execute(`ALTER ROLE "${role.user}" SET search_path TO app, extensions`);
  const folder = await createFolder(t, {
    "1_one":
      "CREATE SCHEMA extensions; CREATE FUNCTION extensions.one() RETURNS text LANGUAGE sql AS $$SELECT 'one'$$",
    "2_gifts": "CREATE TABLE gifts (id int); ALTER TABLE gifts ADD code text DEFAULT one()",
  });
  const session = await openSession(t, role);
  assert.deepEqual([session.address.schema, session.address.searchPath], ["app", ["app", "extensions"]]);
  assert.equal((await run(session, folder)).applied.length, 2);
  assert.deepEqual(await session.query("SHOW search_path"), [{ search_path: "app, extensions" }]);
  const checks = [schemaMatches(folder.dir, { when: ["standing"] })];
  const found = await preflight({ connection: role, folder, checks });
  assert.deepEqual(
    found.checks.map(({ outcome, error }) => [outcome, error]),
    [["holds", undefined]],
  );
});

test("the schema that a run began in stays its own, whatever its migrations make", async (t) => {
  const target = await openTarget(t);
  const role = await roleOf(t, target);
  const session = await openSession(t, role);
  const folder = await createFolder(t, {
    "1_schema": `CREATE SCHEMA "${role.user}"`,
    "2_gifts": "CREATE TABLE gifts (id int PRIMARY KEY)",
    "3_index": "CREATE INDEX CONCURRENTLY gifts_id ON gifts (id)",
  });
  assert.equal((await run(session, folder)).applied.length, 3);
  assert.deepEqual(await schemasOf(target.database, "gifts"), [`"${role.user}"`]);
  assert.deepEqual(await schemasOf(target.database, "_prisma_migrations"), ["public"]);
  const other = await session.another();
  assert.equal(other.address.schema, "public");
  await other.close();
  await assert.rejects(preflight({ connection: role, folder }), { code: "LEDGER_IN_ANOTHER_SCHEMA" });
  const found = await preflight({ connection: { ...role, schema: "public" }, folder });
  assert.deepEqual(stepsOf(found.plan, "apply"), []);
});

const formats: { name: string; files: Record<string, string> }[] = [
  { name: "prisma", files: { "1_a/migration.sql": "CREATE TABLE a (id int)" } },
  {
    name: "dbmate",
    files: { "1_a.sql": "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;" },
  },
  {
    name: "goose",
    files: { "1_a.sql": "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;" },
  },
  { name: "flyway", files: { "V1__a.sql": "CREATE TABLE a (id int)" } },
  {
    name: "golang-migrate",
    files: { "1_a.up.sql": "CREATE TABLE a (id int)", "1_a.down.sql": "DROP TABLE a" },
  },
  {
    name: "node-pg-migrate",
    files: { "1_a.sql": "-- Up Migration\nCREATE TABLE a (id int);\n-- Down Migration\nDROP TABLE a;" },
  },
  { name: "numbered", files: { "001_a.sql": "CREATE TABLE a (id int)" } },
];

async function isRefused(planning: Promise<unknown>, names: RegExp): Promise<void> {
  await assert.rejects(planning, (error) => {
    assert.ok(error instanceof LedgerError, String(error));
    assert.equal(error.code, "LEDGER_IN_ANOTHER_SCHEMA");
    assert.match(error.message, names);
    return true;
  });
}

async function folderOf(t: TestContext, files: Record<string, string>): Promise<Folder> {
  return readFolder({ dir: await createFiles(t, files) });
}

for (const { name, files } of formats)
  test(`a history is not applied again because the search path has changed: ${name}`, async (t) => {
    const target = await openTarget(t);
    const folder = await folderOf(t, files);
    assert.equal(folder.format, name);
    await run(target.database, folder);
    await target.database.execute(
      `CREATE SCHEMA app; ALTER DATABASE "${target.connection.database}" SET search_path TO app, public`,
    );
    const { connection } = target;
    await isRefused(
      preflight({ connection, folder }),
      /^The search path leads to the schema app, whose ledger "app"\.\S+ has no rows, but "public"\.\S+ has rows\. Nothing was done\. .*schema: public, or schema: app to start with an empty ledger there\.$/,
    );
    assert.deepEqual(await schemasOf(target.database, "a"), ["public"]);
    for (const [schema, pending] of [
      ["public", 0],
      ["app", 1],
    ] as const)
      assert.equal(
        stepsOf((await preflight({ connection: { ...connection, schema }, folder })).plan, "apply").length,
        pending,
      );
  });

test("nor is a tool's whose files alone are known", async (t) => {
  const target = await openTarget(t);
  const dir = await createFiles(t, { "changes.xml": "<x/>" });
  const folder = await readCommandFolder({ dir, files: "always" });
  await recordFiles(target.database, { digest: "digest" in folder ? folder.digest : "" });
  await target.database.execute(
    `CREATE SCHEMA app; ALTER DATABASE "${target.connection.database}" SET search_path TO app, public`,
  );
  await writeFiles(dir, { "changes.xml": "<x/>" });
  await isRefused(
    preflight({ connection: target.connection, folder }),
    /"public"\."_pulumi_pg_migrations_files" has rows\./,
  );
});

test("a table of that name that is another tool's, empty or a view stands in nobody's way", async (t) => {
  const target = await openTarget(t);
  await target.database.execute(`
    CREATE SCHEMA rails; CREATE TABLE rails.goose_db_version (version text); INSERT INTO rails.goose_db_version VALUES ('1');
    CREATE SCHEMA emptied; CREATE TABLE emptied.goose_db_version (id int, version_id bigint, is_applied bool, tstamp timestamp);
    INSERT INTO emptied.goose_db_version VALUES (1, 1, true, now()); DELETE FROM emptied.goose_db_version;
    CREATE SCHEMA looks; CREATE VIEW looks.goose_db_version AS SELECT * FROM emptied.goose_db_version`);
  const folder = await folderOf(t, { "1_a.sql": "-- +goose Up\nCREATE TABLE a (id int);" });
  assert.equal(stepsOf(await planRun({ database: target.database, folder }), "apply").length, 1);
});

test("a ledger elsewhere that may not be read counts as filled, and all of them are named", async (t) => {
  const target = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "SELECT 1" });
  for (const schema of ["one", "two"])
    await run(await openSession(t, { ...target.connection, schema }), folder);
  const role = await roleOf(t, target);
  await isRefused(
    preflight({ connection: role, folder }),
    /"one"\."_prisma_migrations" has data that this role cannot read, and "two"\."_prisma_migrations" has data that/,
  );
});
