import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as engine from "../../engine/index.ts";
import { lockHolders } from "../../engine/postgres/activity/lock-holders.ts";
import { readProgress } from "../../engine/postgres/activity/statement-progress.ts";
import { readStatementTimes } from "../../engine/watch/statement-times.ts";
import { sessionsInTheWay } from "../../engine/backup/sessions.ts";
import { requireReadable } from "../../engine/backup/logical-backup/readability.ts";
import { readSourceFacts } from "../../engine/backup/logical-backup/source-facts.ts";
import { createFolder } from "../migration-folder.ts";
import { openSession, run } from "../integration/target.ts";
import { createAttackedDatabase, promotion } from "./hostile-role.ts";

/** The functions that the package calls, by their names. */
const called = new Set(
  globSync("engine/**/*.ts").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/(?:pg_catalog\.|\b)([a-z_0-9]+)\(/g)].map(
      ([, name]) => name ?? "",
    ),
  ),
);

const types =
  `text varchar name "char" oid regclass regtype regproc regnamespace regrole int2 int4 int8 float8 numeric bool
  timestamptz interval text[] oid[] name[] int2[] int4[] jsonb xid`.split(/\s+/);
const operators = [
  "=",
  "<>",
  "<",
  ">",
  "<=",
  ">=",
  "||",
  "+",
  "-",
  "*",
  "~",
  "!~",
  "~~",
  "->>",
  "&",
  ">>",
  "%",
];

/**
 * Puts an operator of every name for every two types into the schema, and a function of every name that is called, for
 * types that are not those of the one in pg_catalog but become them: wherever a name is looked up, one of these is found.
 */
function everywhere(body: string): string {
  return `SET check_function_bodies = off; SET search_path = pg_catalog;
    DO $do$ DECLARE a text; b text; o text; f record; n int; BEGIN
      FOREACH a IN ARRAY $1 LOOP FOREACH b IN ARRAY $1 LOOP
        EXECUTE format('CREATE FUNCTION public.planted(%s, %s) RETURNS bool LANGUAGE plpgsql AS $f$BEGIN %s END$f$', a, b, $3);
        FOREACH o IN ARRAY $2 LOOP
          EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, PROCEDURE = public.planted)', o, a, b);
        END LOOP;
      END LOOP; END LOOP;
      FOR f IN SELECT DISTINCT p.proname, p.pronargs FROM pg_proc p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = ANY ($4) AND p.pronargs BETWEEN 1 AND 3
      LOOP
        FOREACH a IN ARRAY $1 LOOP
          BEGIN
            EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql AS $f$BEGIN %s END$f$',
                           f.proname, (SELECT string_agg(a, ', ') FROM generate_series(1, f.pronargs)), $3);
          EXCEPTION WHEN OTHERS THEN NULL;
          END;
        END LOOP;
      END LOOP;
    END $do$`
    .replaceAll("$1", `'{${types.map((type) => `"${type.replaceAll('"', '\\"')}"`).join(",")}}'::text[]`)
    .replaceAll("$2", `'{${operators.map((one) => `"${one}"`).join(",")}}'::text[]`)
    .replaceAll("$3", `$b$${seen(body)}$b$`)
    .replaceAll("$4", `'{${[...called].join(",")}}'::text[]`);
}

/** Where nothing can be written, an error tells of the call. */
function seen(body: string): string {
  return `IF pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool THEN
    RAISE EXCEPTION 'a planted function was called'; END IF; ${body} RETURN NULL;`;
}

const schema = `CREATE EXTENSION citext; CREATE TYPE status AS ENUM ('a', 'b');
  CREATE TABLE donors (id bigint PRIMARY KEY, code varchar(9) UNIQUE, mail citext UNIQUE);
  CREATE TABLE gifts (id bigint PRIMARY KEY, donor bigint REFERENCES donors, code varchar(9), mail citext, s status,
    amount numeric DEFAULT 1, CONSTRAINT positive CHECK (amount > 0));
  CREATE INDEX gifts_code ON gifts (code); CREATE POLICY own ON gifts FOR SELECT TO public USING (true);
  CREATE SEQUENCE loose START 100 OWNED BY gifts.amount;
  INSERT INTO donors VALUES (1, 'x', 'Ann@example.com'), (2, 'y', 'bob@example.com');
  INSERT INTO gifts VALUES (1, 1, 'x', 'ann@EXAMPLE.com', 'a'), (2, 2, 'y', 'bob@example.com', 'b');`;

const checks: engine.Check[] = [
  engine.returnsNoRows("none", "SELECT 1 WHERE false"),
  engine.returnsRows("some", "SELECT 1"),
  engine.scalar("number", "SELECT 3", { equals: 3 }),
  engine.scalar("bounded", "SELECT 3", { atLeast: 1, atMost: 5 }),
  engine.noOrphans("gifts.donor", "donors.id"),
  engine.noOrphans("gifts.code", "donors.code"),
  engine.noOrphans("gifts.mail", "donors.mail"),
  engine.exactlyOne("gifts.mail", "donors.mail"),
  engine.noDuplicates("gifts.code"),
  engine.notNull("gifts.code"),
  engine.valueIn("gifts.amount", [1, 2]),
  engine.valueIn("gifts.s", ["a", "b"]),
  engine.rowCount("gifts", { exactly: 2, atLeast: 1 }),
  engine.tableExists("gifts"),
  engine.columnIs("gifts.code", { type: "varchar(9)", nullable: true, default: null }),
  engine.columnIs("gifts.amount", { default: "1" }),
  engine.constraintExists("gifts", "positive", { type: "check" }),
  engine.foreignKeyExists("gifts.donor", "donors.id"),
  engine.indexExists("gifts_code", { columns: ["code"] }),
  engine.enumHas("status", ["a", "b"], { exactly: true }),
  engine.extensionInstalled("citext", { atLeast: "1.0" }),
  engine.policyExists("gifts", "own", { command: "select", roles: ["public"] }),
  engine.privilegeGranted(["usage"], { schema: "public", to: "public" }),
  engine.noInvalidIndexes(),
  engine.noUnvalidatedConstraints(),
  engine.sequencesAhead(),
  engine.preserved("kept", "SELECT id, code FROM donors"),
  engine.sumPreserved("gifts.amount"),
  engine.rowCountChange("gifts"),
  engine.smoke("written", "INSERT INTO gifts (id) VALUES (3)"),
  engine.queryUsesIndex("index", "SELECT FROM gifts", { index: "gifts_code", severity: "warn" }),
  engine.lockWaitsBelow(60_000),
  engine.replicationLagBelow(1e9),
];

test("functions and operators of another role are never called", { timeout: 120_000 }, async (t) => {
  const { victim, attacker, attack, inspect, isSuperuser } = await createAttackedDatabase(t);
  const database = await openSession(t, victim);
  await run(database, await createFolder(t, { "0_base": schema }));
  await attack(everywhere(promotion(attacker)));
  const [planted] = await inspect<{ count: string }>(
    "SELECT count(*) FROM pg_operator WHERE oid OPERATOR(pg_catalog.>) 16384::oid",
  );
  assert.ok(Number(planted?.count) > 5_000, "the attack is in place");

  const folder = await createFolder(t, {
    "0_base": schema,
    "1_a": "CREATE TABLE a (id int); INSERT INTO a VALUES (1)",
    "2_b": "CREATE INDEX CONCURRENTLY a_id ON a (id)",
    "3_c": "ALTER TABLE a ADD COLUMN more text; CREATE INDEX CONCURRENTLY a_more ON a (more)",
  });
  const { checks: results } = await engine.preflight({ connection: victim, folder, checks });
  assert.deepEqual(
    results.filter(({ outcome, severity }) => outcome !== "holds" && severity === "fail"),
    [],
  );
  const { failed, applied } = await run(database, folder, { checks });
  assert.equal(failed, undefined);
  assert.equal(applied.length, 3);
  const after = await engine.runChecks({ database, checks: engine.checksAt(checks, "standing") });
  assert.deepEqual(
    after.filter(({ outcome, severity }) => outcome !== "holds" && severity === "fail"),
    [],
  );

  await lockHolders(database, 1);
  await readProgress(database, 1);
  await readStatementTimes(database);
  await sessionsInTheWay(database, victim.database);
  await requireReadable(victim);
  await readSourceFacts(victim);
  await engine.compareDatabases({ current: victim, restored: victim });
  const locked = await openSession(t, victim);
  await locked.query("SELECT pg_catalog.pg_advisory_lock(72707369)");
  await assert.rejects(run(database, folder, { options: { runLockWaitMs: 0 } }), {
    code: "MIGRATION_LOCK_HELD",
  });
  assert.equal(await isSuperuser(), false);
});

for (const [format, rows] of Object.entries({
  goose: "test/folders/goose",
  flyway: "test/folders/flyway",
  "golang-migrate": "test/folders/golang-migrate",
  dbmate: "test/folders/dbmate",
  "node-pg-migrate": "test/folders/node-pg-migrate",
  supabase: "test/folders/supabase/migrations",
  diesel: "test/folders/diesel",
  sqlx: "test/folders/sqlx/migrations",
  numbered: "test/folders/numbered",
  drizzle: "test/folders/drizzle",
  "drizzle-journal": "test/folders/drizzle-journal",
}))
  test(`the ledger of ${format} calls nothing of another role's`, { timeout: 120_000 }, async (t) => {
    const { victim, attacker, attack, isSuperuser } = await createAttackedDatabase(t);
    const folder = await engine.readFolder({ dir: rows, format: format });
    await attack(everywhere(promotion(attacker)));
    const database = await openSession(t, victim);
    const { failed } = await run(database, folder);
    assert.equal(failed, undefined);
    await engine.preflight({ connection: victim, folder });
    assert.equal(await isSuperuser(), false);
  });
