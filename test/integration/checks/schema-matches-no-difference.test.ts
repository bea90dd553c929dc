import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { readFolder } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { fixture } from "../formats/fixture.ts";
import { createRole, openTarget, run } from "../target.ts";
import { messageOf, migrated, rowsOf } from "./schema-comparison.ts";

test("what the migrations have made matches, whatever is in the tables", async (t) => {
  const target = await migrated(t);
  await target.database.execute(
    `INSERT INTO "Gift" (paid) VALUES (1), (2); ANALYZE; CREATE SCHEMA other; CREATE TABLE other.a ()`,
  );
  assert.deepEqual(await rowsOf(target, { schemas: ["public", "billing"] }), []);
});

test("columns in another order, and what has become another way, are the same", async (t) => {
  const target = await migrated(t);
  await target.database.execute(`ALTER TABLE "Gift" DROP COLUMN city; ALTER TABLE "Gift" ADD COLUMN extra int;
    ALTER TABLE "Gift" ADD COLUMN city text COLLATE "C"; ALTER TABLE "Gift" OWNER TO CURRENT_USER;
    GRANT SELECT ON "Gift" TO PUBLIC`);
  assert.deepEqual(await rowsOf(target), [{ kind: "column", object: "Gift.extra", state: "only here" }]);
});

test("only what is applied is compared with", async (t) => {
  const target = await migrated(t);
  await changeFolder(await readFolder({ dir: target.dir }), {
    "3_pending": "DROP TABLE audit_log; CREATE TABLE late ()",
  });
  assert.deepEqual(await rowsOf(target), []);
  const empty = { ...(await openTarget(t, { schema: "app" })), dir: target.dir };
  assert.match(await messageOf(empty), /^The schema app exists neither here nor in what .* makes\. Correct/);
  await empty.database.execute("CREATE SCHEMA app");
  assert.deepEqual(await rowsOf(empty), []);
});

test("migrations may name the database, roles of the server, and roles that they make", async (t) => {
  const target = await openTarget(t);
  const { database, user } = await createRole(t, target);
  const own = `own ${database}`;
  const folder = await createFolder(t, {
    "1_grant": `CREATE TABLE a (); GRANT SELECT ON a TO "${user}"; CREATE POLICY p ON a TO "${user}" USING (true);
                GRANT CONNECT ON DATABASE "${database}" TO "${user}"`,
    "2_role": `CREATE ROLE "${own}"; GRANT SELECT ON a TO "${own}"`,
    "3_index": `CREATE TABLE b (id int)`,
    "4_concurrently": `CREATE INDEX CONCURRENTLY b_id ON b (id)`,
  });
  assert.equal((await run(target.database, folder)).failed, undefined);
  assert.deepEqual(await rowsOf({ ...target, dir: folder.dir }), []);
});

test("extensions that only a superuser can create are there, if a migration creates them", async (t) => {
  const target = await migrated(t, {
    "1_extensions":
      "CREATE EXTENSION IF NOT EXISTS pageinspect; CREATE EXTENSION citext; CREATE TABLE a (b citext)",
  });
  assert.deepEqual(await rowsOf(target), []);
  await target.database.execute("CREATE EXTENSION pgstattuple");
  assert.deepEqual(await rowsOf(target), [{ kind: "extension", object: "pgstattuple", state: "only here" }]);
});

test("tables may be given to roles of the server", async (t) => {
  const target = await openTarget(t);
  const { user } = await createRole(t, target);
  const folder = await createFolder(t, {
    "1_owner": `CREATE TABLE a (); ALTER TABLE a OWNER TO "${user}"; CREATE TABLE b (); ALTER TABLE b OWNER TO CURRENT_USER;
                GRANT pg_monitor TO "${user}"; ALTER ROLE "${user}" SET search_path TO public`,
  });
  assert.equal((await run(target.database, folder)).failed, undefined);
  assert.deepEqual(await rowsOf({ ...target, dir: folder.dir }), []);
});

for (const name of ["dbmate", "drizzle", "flyway", "goose", "golang-migrate", "node-pg-migrate", "numbered"])
  test(`the ledger of ${name} is no difference`, async (t) => {
    const { database } = await openTarget(t, { schema: "Gifts" });
    const folder = await readFolder({ dir: fixture(name) });
    await database.execute(`CREATE SCHEMA "Gifts"`);
    assert.equal((await run(database, folder)).failed, undefined);
    // What unfinished attempts, and other tools, would leave.
    await database.execute(`CREATE TABLE IF NOT EXISTS "Gifts".pulumi_pg_migrations_attempts (id text PRIMARY KEY, key text, checksum text,
        started_at timestamptz, segments int, sha256 text, logs text);
      CREATE TABLE IF NOT EXISTS "Gifts"."_prisma_migrations" (id serial)`);
    const checked = { database, dir: folder.dir };
    assert.deepEqual(await rowsOf(checked), []);
  });

/** The 434 migrations of a real project. */
const corpus = resolve(import.meta.dirname, "../../../../shared/corpus/langfuse/migrations");

test("a real project matches", { skip: existsSync(corpus) ? false : `there is no ${corpus}` }, async (t) => {
  const { database } = await openTarget(t);
  const { applied } = await run(database, await readFolder({ dir: corpus }));
  assert.equal(applied.length, 434);
  const startedAt = performance.now();
  assert.deepEqual(await rowsOf({ database, dir: corpus }), []);
  t.diagnostic(`compared with 434 migrations in ${Math.round(performance.now() - startedAt)} ms`);
});
