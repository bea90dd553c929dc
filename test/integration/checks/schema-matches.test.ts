import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { runChecks as runChecksAlone } from "../../../engine/checks/run-checks.ts";
import {
  type CheckResult,
  preflight,
  readChecks,
  readFolder,
  runChecks,
  schemaMatches,
} from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { fixture } from "../formats/fixture.ts";
import { createRole, openTarget, run, type Target } from "../target.ts";

const base = {
  "1_base": `
    CREATE TYPE "Status" AS ENUM ('OPEN', 'PAID');
    CREATE DOMAIN amount AS numeric(12, 2) CHECK (VALUE >= 0);
    CREATE TABLE "Gift" (id serial PRIMARY KEY, "donorId" int NOT NULL DEFAULT 0, note text DEFAULT 'none',
                         status "Status" NOT NULL DEFAULT 'OPEN', paid amount);
    CREATE INDEX "Gift_donorId_idx" ON "Gift" ("donorId");
    CREATE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b';
    CREATE VIEW open_gifts AS SELECT g.id, g.note FROM "Gift" g WHERE g.status = 'OPEN';
    CREATE VIEW notes AS SELECT note AS text, count(*) AS times FROM "Gift" GROUP BY note ORDER BY 2;
    CREATE MATERIALIZED VIEW donors AS SELECT DISTINCT "donorId" FROM "Gift";
    CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, kind text, PRIMARY KEY (id, at))
      PARTITION BY RANGE (at);
    CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE INDEX events_kind ON events (kind);`,
  "2_more": `
    ALTER TABLE "Gift" ADD COLUMN city text COLLATE "C", ADD CONSTRAINT named CHECK (note <> '');
    CREATE TABLE audit_log (id int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON "Gift" FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER touched BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE "Gift" ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON "Gift" USING ("donorId" = 1);
    COMMENT ON COLUMN "Gift".note IS 'what it is for';
    CREATE SCHEMA billing;
    CREATE TABLE billing.bills (id int);`,
};

/** A database to which the migrations are applied. */
async function migrated(
  t: TestContext,
  scripts: Record<string, string> = base,
): Promise<Target & { dir: string }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, scripts);
  assert.equal((await run(target.database, folder)).failed, undefined);
  return { ...target, dir: folder.dir };
}

async function evaluate(
  { database, dir }: Pick<Target, "database"> & { dir: string },
  options: Parameters<typeof schemaMatches>[1] = {},
): Promise<CheckResult> {
  const checks = await readChecks([JSON.parse(JSON.stringify(schemaMatches(dir, options)))]);
  const [result] = await runChecks({ database, checks });
  assert.ok(result);
  assert.deepEqual(result.when, ["after"]);
  return result;
}

async function rowsOf(...request: Parameters<typeof evaluate>): Promise<CheckResult["rows"]> {
  const { error, outcome, rows, violations } = await evaluate(...request);
  assert.equal(error?.message, undefined);
  assert.equal(outcome, violations === 0 ? "holds" : "violated");
  return rows;
}

async function messageOf(...request: Parameters<typeof evaluate>): Promise<string> {
  const { outcome, error } = await evaluate(...request);
  assert.equal(outcome, "unknown");
  return error?.message ?? "";
}

test("what the migrations have made matches, whatever is in the tables", async (t) => {
  const target = await migrated(t);
  await target.database.execute(
    `INSERT INTO "Gift" (paid) VALUES (1), (2); ANALYZE; CREATE SCHEMA other; CREATE TABLE other.a ()`,
  );
  assert.deepEqual(await rowsOf(target, { schemas: ["public", "billing"] }), []);
});

test("each object that differs is one row", async (t) => {
  const target = await migrated(t);
  const { database } = target;
  await database.execute(`
    CREATE INDEX by_note ON "Gift" (note);
    ALTER TABLE "Gift" ALTER COLUMN note DROP DEFAULT;
    CREATE OR REPLACE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a - b';
    DROP TABLE events_2025;
    CREATE TABLE "Extra" (id serial PRIMARY KEY, note text);`);
  assert.deepEqual(await rowsOf(target), [
    {
      ...{ kind: "column", object: "Gift.note", state: "differs" },
      here: "text COMMENT 'what it is for'",
      folder: "text DEFAULT 'none'::text COMMENT 'what it is for'",
    },
    {
      ...{ kind: "function", object: "total(integer, integer)", state: "differs" },
      here: "… $function$SELECT a - b$function$",
      folder: "… $function$SELECT a + b$function$",
    },
    { kind: "index", object: "by_note", state: "only here" },
    { kind: "table", object: "Extra", state: "only here" },
    { kind: "table", object: "events_2025", state: "only in the folder" },
  ]);
  assert.deepEqual(
    await rowsOf(target, { ignore: ["Gift*", "by_note", "total", "public.Extra", "events_2025"] }),
    [],
  );
});

/** What is changed, and how the object that differs is shown: its state, or the end of both definitions. */
const changes: (readonly [change: string, object: string, here: RegExp | string, folder?: RegExp])[][] = [
  [
    [`ALTER TYPE "Status" ADD VALUE 'LOST'`, "type Status", /'PAID', 'LOST'\)$/, /'PAID'\)$/],
    [`ALTER TABLE "Gift" DISABLE TRIGGER touched`, "trigger Gift.touched", /DISABLED$/, /touch\(\)$/],
    [`ALTER TABLE "Gift" DISABLE ROW LEVEL SECURITY`, "table Gift", /^$/, /^ROW LEVEL SECURITY$/],
    [`ALTER SEQUENCE "Gift_id_seq" INCREMENT 2`, "sequence Gift_id_seq", /INCREMENT 2/, /INCREMENT 1/],
    [`ALTER TABLE "Gift" ALTER city SET NOT NULL`, "column Gift.city", /"C" NOT NULL$/, /^text COLLATE "C"$/],
  ],
  [
    [`ALTER TABLE "Gift" DROP CONSTRAINT named`, "constraint Gift.named", "only in the folder"],
    [`DROP POLICY own ON "Gift"`, "policy Gift.own", "only in the folder"],
    [
      `ALTER DOMAIN amount DROP CONSTRAINT amount_check`,
      "constraint amount.amount_check",
      "only in the folder",
    ],
    [`CREATE INDEX events_at ON events (at)`, "index events_at", "only here"],
    [`ALTER TABLE "Gift" ADD UNIQUE (note)`, "constraint Gift.Gift_note_key", "only here"],
  ],
  [
    [
      `CREATE OR REPLACE VIEW open_gifts AS SELECT id, note FROM "Gift"`,
      "view open_gifts",
      /"Gift";$/,
      /WHERE/,
    ],
    [
      `CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
      "table p",
      "only here",
    ],
    [
      `ALTER TABLE events DETACH PARTITION events_2025; DROP TABLE events_2025`,
      "table events_2025",
      "only in the folder",
    ],
    [`CREATE EXTENSION pg_trgm`, "extension pg_trgm", "only here"],
    [`CREATE STATISTICS s ON id, kind FROM events`, "statistics s", "only here"],
  ],
];

for (const group of changes)
  test(`a difference in ${group.map(([, object]) => object).join(", ")}`, async (t) => {
    const target = await migrated(t);
    await target.database.execute(group.map(([change]) => change).join(";"));
    const found = new Map((await rowsOf(target)).map((row) => [`${row["kind"]} ${row["object"]}`, row]));
    for (const [, object, here, folder = /^$/] of group) {
      const row = found.get(object);
      if (typeof here === "string") assert.deepEqual(row?.["state"], here, object);
      else {
        assert.match(row?.["here"] ?? "", here, object);
        assert.match(row?.["folder"] ?? "", folder, object);
      }
    }
    assert.equal(found.size, group.length);
  });

test("a long list is led by what is in both, and a table that only one side has is one of it", async (t) => {
  const target = await migrated(t);
  await target.database.execute(`
    DROP TABLE "Gift" CASCADE;
    CREATE TABLE audit_a (id serial PRIMARY KEY); CREATE TABLE audit_b (); ALTER TABLE audit_log ADD b int;
    ALTER TABLE billing.bills ALTER id TYPE bigint`);
  const both = ["public", "billing"];
  const { violations, rows } = await evaluate(target, { schemas: both });
  assert.deepEqual(rows[0], {
    kind: "column",
    object: "billing.bills.id",
    state: "differs",
    here: "bigint",
    folder: "integer",
  });
  assert.deepEqual([violations, rows.length], [8, 5]);
  const ignored = await rowsOf(target, {
    schemas: both,
    ignore: ["audit_*", "bills", "donors", "notes", "public.open_gifts"],
  });
  assert.deepEqual(ignored, [{ kind: "table", object: "Gift", state: "only in the folder" }]);
  assert.deepEqual(await rowsOf(target, { schemas: ["billing"], ignore: ["billing.bills.id"] }), []);
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
  assert.match(await messageOf(empty), /^There is no schema app, neither here nor in what .* makes: correct/);
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

test("what cannot be compared is said, with the migrations that stand in the way", async (t) => {
  const target = await migrated(t);
  const { database, dir } = target;
  const folder = await readFolder({ dir });
  assert.match(await messageOf({ database, dir: "/nowhere" }), /^There is no folder \/nowhere /);
  assert.match(
    await messageOf(target, { format: "paper" }),
    /^There is no format paper; there are drizzle-journal, /,
  );
  assert.match(
    await messageOf(target, { schemas: ["public", "nowhere"] }),
    /^There is no schema nowhere, neither here /,
  );
  const without = await createFolder(t, { "1_base": base["1_base"] });
  assert.match(
    await messageOf({ database, dir: without.dir }),
    /lacks migrations that are applied: 2_more\.$/,
  );

  await changeFolder(folder, { "2_more": "CREATE EXTENSION nowhere" });
  assert.match(
    await messageOf(target),
    /^2_more cannot be applied to an empty database of a throw-away server, PostgreSQL 18\.\d+ \(.*\): extension "nowhere" is not available$/,
  );
  await changeFolder(folder, { "2_more": "SELECT pg_sleep(60)" });
  const startedAt = performance.now();
  assert.match(
    await messageOf(target, { timeoutMs: 3000 }),
    /were not applied to a throw-away server within 3000 ms/,
  );
  assert.ok(performance.now() - startedAt < 10_000);

  await database.execute("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_more'");
  assert.match(await messageOf(target), /migrations are half applied: 2_more\.$/);
  await database.execute("DROP TABLE _prisma_migrations");
  assert.match(
    await messageOf(target),
    /there is no ledger "public"\."_prisma_migrations" that says which are applied\.$/,
  );
  const checks = [schemaMatches(dir)];
  const [alone] = await runChecksAlone({ database, checks });
  assert.match(alone?.error?.message ?? "", /^Folders of migrations cannot be read where/);
});

test("a standing one is evaluated by a preflight, and in an open transaction it sees what that has done", async (t) => {
  const { connection, database, dir } = await migrated(t);
  const checks = [schemaMatches(dir, { when: ["standing"] })];
  const folder = await readFolder({ dir });
  const before = await preflight({ connection, folder, checks });
  assert.deepEqual(
    before.checks.map(({ outcome }) => outcome),
    ["holds"],
  );
  await database.execute("BEGIN; DROP TABLE audit_log");
  const [inside] = await runChecks({ database, checks, insideTransaction: true });
  assert.deepEqual(inside?.rows, [{ kind: "table", object: "audit_log", state: "only in the folder" }]);
  assert.deepEqual(await database.query("SHOW search_path"), [{ search_path: '"public"' }]);
  await database.execute("COMMIT");
  const after = await preflight({ connection, folder, checks });
  assert.deepEqual(
    after.checks.map(({ outcome }) => outcome),
    ["violated"],
  );
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
