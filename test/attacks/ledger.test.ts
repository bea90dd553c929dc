import assert from "node:assert/strict";
import { test } from "node:test";
import { type Folder, type FolderFormat, preflight, readFolder } from "../../engine/index.ts";
import { readFilesLedger } from "../../engine/ledger/files-ledger.ts";
import { createFolder } from "../migration-folder.ts";
import { openSession, run } from "../integration/target.ts";
import { createAttackedDatabase, promotion } from "./hostile-role.ts";

const prismaColumns = `id varchar(36) NOT NULL DEFAULT 'x', checksum varchar(64) NOT NULL DEFAULT 'x', finished_at timestamptz,
  migration_name varchar(255) NOT NULL DEFAULT 'x', logs text, rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0`;

/** What a role with CREATE on the schema can put in the place of Prisma's ledger. */
const plants: Record<string, string> = {
  view: `CREATE VIEW _prisma_migrations AS SELECT f()::varchar AS id, f()::varchar AS checksum, now() AS finished_at,
           f()::varchar AS migration_name, f() AS logs, now() AS rolled_back_at, now() AS started_at, 0 AS applied_steps_count`,
  table: `CREATE TABLE _prisma_migrations (${prismaColumns})`,
  trigger: `CREATE TABLE _prisma_migrations (${prismaColumns});
            CREATE TRIGGER t BEFORE INSERT ON _prisma_migrations FOR EACH ROW EXECUTE FUNCTION g()`,
  default: `CREATE TABLE _prisma_migrations (${prismaColumns}, extra text DEFAULT f())`,
  generated: `CREATE TABLE _prisma_migrations (${prismaColumns}, extra text GENERATED ALWAYS AS (f()) STORED)`,
  check: `CREATE TABLE _prisma_migrations (${prismaColumns}, CHECK (f() IS NOT NULL))`,
  index: `CREATE TABLE _prisma_migrations (${prismaColumns}); CREATE INDEX ON _prisma_migrations ((id || f()))`,
  policy: `CREATE TABLE _prisma_migrations (${prismaColumns}); ALTER TABLE _prisma_migrations FORCE ROW LEVEL SECURITY,
           ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON _prisma_migrations USING (f() IS NOT NULL)`,
  rule: `CREATE TABLE _prisma_migrations (${prismaColumns});
         CREATE RULE r AS ON INSERT TO _prisma_migrations DO ALSO SELECT f()`,
  domain: `CREATE DOMAIN d AS varchar(36) CHECK (f() IS NOT NULL);
           CREATE TABLE _prisma_migrations (${prismaColumns.replace("id varchar(36)", "id d")})`,
  "partitioned table": `CREATE TABLE _prisma_migrations (${prismaColumns}) PARTITION BY LIST (id)`,
};

for (const [name, plant] of Object.entries(plants))
  for (const adopted of [false, true])
    test(`a planted ${name}${adopted ? ", given to the migrator later," : ""} is refused unread`, async (t) => {
      const { victim, attacker, attack, inspect, isSuperuser } = await createAttackedDatabase(t);
      await attack(`${functions(promotion(attacker))}; ${plant}`);
      if (adopted) {
        await inspect(
          `ALTER ${name === "view" ? "VIEW" : "TABLE"} public._prisma_migrations OWNER TO CURRENT_USER`,
        );
        // An ordinary table of the migrator's own does nothing that it should not.
        if (["table", "policy"].includes(name)) return;
      }
      const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
      await assert.rejects(preflight({ connection: victim, folder }), {
        code: "LEDGER_NOT_TRUSTED",
        message: /cannot trust the table .*_prisma_migrations": .*Inspect it/s,
      });
      await assert.rejects(run(await openSession(t, victim), folder), { code: "LEDGER_NOT_TRUSTED" });
      assert.equal(await isSuperuser(), false);
    });

test("a ledger that a role of the migrator's owns is read, with triggers of trusted roles", async (t) => {
  const { victim, attacker, inspect } = await createAttackedDatabase(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await inspect(`CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TABLE public._prisma_migrations (${prismaColumns});
    CREATE TRIGGER seen BEFORE INSERT ON public._prisma_migrations FOR EACH ROW EXECUTE FUNCTION seen();
    ALTER TABLE public._prisma_migrations OWNER TO "${attacker.user}"; GRANT "${attacker.user}" TO CURRENT_USER`);
  assert.equal((await run(await openSession(t, victim), folder)).applied.length, 1);
});

/** The tables of the other formats, with the columns by which they are known. */
const tables: Partial<Record<FolderFormat, string>> = {
  "drizzle-journal": "drizzle.__drizzle_migrations (id serial, hash text NOT NULL, created_at bigint)",
  drizzle:
    "drizzle.__drizzle_migrations (id serial, hash text NOT NULL, created_at bigint, name text, applied_at timestamptz)",
  flyway: `flyway_schema_history (installed_rank int, version varchar(50), description varchar(200), type varchar(20),
           script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp, execution_time int, success bool)`,
  "golang-migrate": "schema_migrations (version bigint, dirty boolean)",
  goose: "goose_db_version (id int, version_id bigint, is_applied bool, tstamp timestamp)",
  dbmate: "schema_migrations (version varchar PRIMARY KEY)",
  "node-pg-migrate": "pgmigrations (id serial, name varchar(255), run_on timestamp)",
  supabase: "supabase_migrations.schema_migrations (version text, statements text[], name text)",
  diesel: "__diesel_schema_migrations (version varchar(50), run_on timestamp)",
  sqlx: `_sqlx_migrations (version bigint, description text, installed_on timestamptz, success bool, checksum bytea,
         execution_time bigint)`,
  numbered: `pulumi_pg_migrations (version text, name text, checksum text, started_at timestamptz, finished_at timestamptz)`,
};

for (const [format, table] of Object.entries(tables))
  test(`a planted ledger of ${format} is refused unread`, async (t) => {
    const { victim, attacker, attack, inspect, isSuperuser } = await createAttackedDatabase(t);
    const [schema = "", name = ""] = /^(?:(\w+)\.)?(\w+)/.exec(table)?.slice(1) ?? [];
    if (schema !== "")
      await inspect(`CREATE SCHEMA ${schema}; GRANT ALL ON SCHEMA ${schema} TO "${attacker.user}"`);
    await attack(`${functions(promotion(attacker))}; CREATE TABLE ${table};
      CREATE TRIGGER t BEFORE INSERT OR UPDATE OR DELETE ON ${schema === "" ? "" : `${schema}.`}${name} FOR EACH ROW EXECUTE FUNCTION g()`);
    const folder = await folderOf(format as FolderFormat);
    await assert.rejects(preflight({ connection: victim, folder }), { code: "LEDGER_NOT_TRUSTED" });
    await assert.rejects(run(await openSession(t, victim), folder), { code: "LEDGER_NOT_TRUSTED" });
    assert.equal(await isSuperuser(), false);
  });

test("a planted table of attempts is refused, also when it comes after the plan", async (t) => {
  const { victim, attacker, attack, isSuperuser } = await createAttackedDatabase(t);
  const plant = `CREATE TABLE pulumi_pg_migrations_attempts (id text, key text, checksum text, started_at timestamptz,
      segments integer, sha256 text, logs text);
    CREATE TRIGGER t BEFORE INSERT ON pulumi_pg_migrations_attempts FOR EACH ROW EXECUTE FUNCTION g()`;
  await attack(functions(promotion(attacker)));
  const folder = await folderOf("goose");
  const database = await openSession(t, victim);
  await run(database, folder);
  const { AttemptTable } = await import("../../engine/ledger/attempt-table.ts");
  await attack(plant);
  await assert.rejects(preflight({ connection: victim, folder }), { code: "LEDGER_NOT_TRUSTED" });
  const [migration] = folder.migrations;
  assert.ok(migration !== undefined);
  const attempts = new AttemptTable(database, "public");
  await assert.rejects(attempts.begin({ id: "1", migration }), /not to be trusted: it is owned by attacker/);
  await assert.rejects(attempts.settle(migration), { code: "LEDGER_NOT_TRUSTED" });
  assert.equal(await isSuperuser(), false);
});

test("a planted ledger of files is refused unread", async (t) => {
  const { victim, attacker, attack, isSuperuser } = await createAttackedDatabase(t);
  await attack(`${functions(promotion(attacker))};
    CREATE VIEW _pulumi_pg_migrations_files AS SELECT f() AS digest, 1 AS id`);
  await assert.rejects(readFilesLedger(await openSession(t, victim)), { code: "LEDGER_NOT_TRUSTED" });
  assert.equal(await isSuperuser(), false);
});

test("a ledger that appears after the plan is not written to", async (t) => {
  const { victim, attacker, attack, inspect, isSuperuser } = await createAttackedDatabase(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  const database = await openSession(t, victim);
  const { ledgerOf } = await import("../../engine/formats/formats.ts");
  await attack(`${functions(promotion(attacker))}; ${plants["trigger"] ?? ""}`);
  await assert.rejects(ledgerOf(folder.format).create(database), { sqlstate: "42P07" });
  assert.deepEqual(await inspect("SELECT FROM public._prisma_migrations"), []);
  assert.equal(await isSuperuser(), false);
});

/** Functions of the attacker's that do their work and look harmless. */
function functions(body: string): string {
  return `CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$BEGIN ${body} RETURN 'x'; END$$;
    CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN ${body} RETURN NEW; END$$`;
}

function folderOf(format: FolderFormat): Promise<Folder> {
  return readFolder({
    dir: `test/folders/${["supabase", "sqlx"].includes(format) ? `${format}/migrations` : format}`,
    format,
  });
}
