import type { Database } from "../postgres/session/database.ts";
import { quoteLiteral } from "../postgres/text/identifier.ts";
import type { Check } from "./check.ts";
import type { CheckRow } from "./kind/check-kind.ts";

/** The number of offending rows in a result. */
export const shownRows = 5;
/** The part of a value that is fetched: a value can be larger than a process can hold. */
const fetchedCharacters = 200;

/** Counting stops at this number above the accepted one: a larger number need not be exact. */
const countedViolations = 10_000;

/** The findings of a check's query. */
export interface QueryFinding {
  violations: number;
  /** True if there are more violations. */
  hasMore: boolean;
  rows: CheckRow[];
  /** OIDs of the relations that it has read. */
  reads: number[];
}

/** Counts the violations that a query returns, up to a limit, and keeps a few as a sample. */
export async function evaluateQuery(database: Database, query: string, check: Check): Promise<QueryFinding> {
  const bound = countedViolations + (check.accepts ?? 0);
  const [result] = await database.query<{ count: string; rows: CheckRow[] | null; reads: number[] | null }>(
    countedWithSample(query, check, bound),
  );
  const count = Number(result?.count ?? 0);
  return {
    violations: Math.min(count, bound),
    hasMore: count > bound,
    rows: result?.rows ?? [],
    reads: result?.reads ?? [],
  };
}

/**
 * Values are shown as PostgreSQL writes them, because JavaScript's numbers would round large keys. The server's own
 * locks reveal which relations were read, views and partitions included. A materialized query is planned for all of its
 * rows, as is best for a query that returns none. It still runs only as far as rows are fetched.
 */
function countedWithSample(query: string, { sampleColumns }: Check, bound: number): string {
  return `WITH violations AS MATERIALIZED (
${query}
) SELECT pg_catalog.count(*) AS count, pg_catalog.json_agg(shown) FILTER (WHERE shown IS NOT NULL) AS rows,
  (SELECT pg_catalog.array_agg(DISTINCT relation::pg_catalog.int8::pg_catalog.float8) FROM pg_catalog.pg_locks
    WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() AND locktype OPERATOR(pg_catalog.=) 'relation'
      AND mode OPERATOR(pg_catalog.=) 'AccessShareLock'
      AND relation OPERATOR(pg_catalog.<>) 'pg_catalog.pg_locks'::pg_catalog.regclass) AS reads
    FROM (SELECT ${shownRow(sampleColumns)} AS shown FROM violations LIMIT ${bound + 1}) AS counted`;
}

/** A row of the sample as JSON; NULL for a row that is only counted. */
function shownRow(sampleColumns: readonly string[] | undefined): string {
  const among =
    sampleColumns === undefined
      ? ""
      : ` WHERE key OPERATOR(pg_catalog.=) ANY (ARRAY[${sampleColumns.map(quoteLiteral).join(", ")}])`;
  const isShown = `pg_catalog.row_number() OVER () OPERATOR(pg_catalog.<=) ${shownRows}`;
  if (sampleColumns?.length === 0) return `CASE WHEN ${isShown} THEN '{}'::pg_catalog.json END`;
  return `CASE WHEN ${isShown} THEN (
    SELECT coalesce(pg_catalog.json_object_agg(key, pg_catalog.left(value, ${fetchedCharacters})), '{}')
      FROM pg_catalog.json_each_text(pg_catalog.row_to_json(violations.*))${among}) END`;
}
