import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type CheckResult, readChecks, runChecks, schemaMatches } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run, type Target } from "../target.ts";

/** Migrations that make an object of every kind that is compared. */
export const base = {
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

/** A database to which the migrations were applied. */
export async function migrated(
  t: TestContext,
  scripts: Record<string, string> = base,
): Promise<Target & { dir: string }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, scripts);
  assert.equal((await run(target.database, folder)).failed, undefined);
  return { ...target, dir: folder.dir };
}

/** Compares a database with the schema of a folder. */
export async function evaluate(
  { database, dir }: Pick<Target, "database"> & { dir: string },
  options: Parameters<typeof schemaMatches>[1] = {},
): Promise<CheckResult> {
  const checks = await readChecks([JSON.parse(JSON.stringify(schemaMatches(dir, options)))]);
  const [result] = await runChecks({ database, checks });
  assert.ok(result);
  assert.deepEqual(result.when, ["after"]);
  return result;
}

/** The differences that a comparison finds. */
export async function rowsOf(...request: Parameters<typeof evaluate>): Promise<CheckResult["rows"]> {
  const { error, outcome, rows, violations } = await evaluate(...request);
  assert.equal(error?.message, undefined);
  assert.equal(outcome, violations === 0 ? "holds" : "violated");
  return rows;
}

/** Why a comparison is not possible. */
export async function messageOf(...request: Parameters<typeof evaluate>): Promise<string> {
  const { outcome, error } = await evaluate(...request);
  assert.equal(outcome, "unknown");
  return error?.message ?? "";
}
