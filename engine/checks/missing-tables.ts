import type { Database } from "../postgres/session/database.ts";
import { namesIn } from "../postgres/script/query-names.ts";
import { queriesOf } from "./check-kinds.ts";
import type { Check } from "./check.ts";

/**
 * Leaves out checks that could not be evaluated because a table was missing, and still is. One query for all of them
 * replaces a failing query for each.
 */
export async function withoutMissingTables(
  database: Database,
  checks: readonly Check[],
  failed: readonly Check[],
): Promise<Check[]> {
  const named = await Promise.all(failed.map(namedBy));
  const names = [...new Set(named.flat())];
  if (names.length === 0) return [...checks];
  const rows = await database.query<{ name: string }>(
    `SELECT name FROM pg_catalog.unnest($1::pg_catalog.text[]) AS name WHERE pg_catalog.to_regclass(name) IS NULL`,
    [names],
  );
  const missing = new Set(rows.map(({ name }) => name));
  const isHopeless = new Set(failed.filter((_, index) => named[index]?.some((name) => missing.has(name))));
  return checks.filter((check) => !isHopeless.has(check));
}

async function namedBy(check: Check): Promise<string[]> {
  return (await Promise.all(queriesOf(check).map(namesIn))).flatMap(({ relations }) => relations);
}
