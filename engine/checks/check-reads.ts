import type { Database } from "../postgres/database.ts";
import { queriesOf } from "./check-kinds.ts";
import type { Check } from "./check.ts";

/** What checks have read, by their names; what a check may read besides is not known where it is missing. */
export type CheckReads = Map<string, readonly number[]>;

/**
 * Leaves out checks that call functions of the users' own, themselves or in a view: these may read something else the next
 * time.
 */
export async function withoutOwnFunctions(
  database: Database,
  checks: readonly Check[],
  reads: CheckReads,
): Promise<CheckReads> {
  const called = new Map(checks.map((check) => [check.name, calledIn(check)]));
  const functions = await ownFunctions(database, [...called.values()].flat());
  const views = await viewsWithFunctions(database, [...reads.values()].flat());
  return new Map(
    [...reads].filter(
      ([name, relations]) =>
        !(called.get(name) ?? []).some((word) => functions.has(word)) &&
        !relations.some((relation) => views.has(relation)),
    ),
  );
}

/** What stands before an opening parenthesis: functions, and some words that are none. */
function calledIn(check: Check): string[] {
  return queriesOf(check).flatMap((sql) =>
    [...sql.matchAll(/(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*\(/gu)].map(
      ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain.toLowerCase(),
    ),
  );
}

async function ownFunctions(database: Database, names: readonly string[]): Promise<Set<string>> {
  const found = await database.query<{ name: string }>(
    `SELECT DISTINCT p.proname AS name FROM pg_catalog.pg_proc p
       JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.proname = ANY ($1::text[])`,
    [[...new Set(names)]],
  );
  return new Set(found.map(({ name }) => name));
}

async function viewsWithFunctions(database: Database, relations: readonly number[]): Promise<Set<number>> {
  const found = await database.query<{ view: number }>(
    `SELECT DISTINCT r.ev_class::pg_catalog.int8::pg_catalog.float8 AS view FROM pg_catalog.pg_rewrite r
       JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
      WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid::pg_catalog.int8 >= 16384
        AND r.ev_class::pg_catalog.int8 = ANY ($1::pg_catalog.int8[])`,
    [[...new Set(relations)]],
  );
  return new Set(found.map(({ view }) => view));
}
