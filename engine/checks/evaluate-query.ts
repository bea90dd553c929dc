import type { Database } from "../postgres/database.ts";
import { quoteLiteral } from "../postgres/identifier.ts";
import type { Check, CheckRow } from "./check.ts";

/** How many offending rows a result shows. */
export const shownRows = 5;
/** How much of a value is fetched: a value can be larger than a process can hold. */
const fetchedCharacters = 200;

/** What the query of a check has found. */
export interface QueryFinding {
  violations: number;
  rows: CheckRow[];
  /** The relations that it has read, by their numbers. */
  reads: number[];
}

/** Counts the violations that a query gives, and takes a few of them as a sample. */
export async function evaluateQuery(database: Database, query: string, check: Check): Promise<QueryFinding> {
  const [result] = await database.query<{ count: string; rows: CheckRow[] | null; reads: number[] | null }>(
    countedWithSample(query, check),
  );
  return { violations: Number(result?.count ?? 0), rows: result?.rows ?? [], reads: result?.reads ?? [] };
}

/**
 * Values are shown as PostgreSQL writes them: JavaScript's numbers would round large keys. The server's own locks tell
 * what was read, views and partitions included.
 */
function countedWithSample(query: string, { sampleColumns }: Check): string {
  const shown =
    sampleColumns === undefined
      ? ""
      : ` WHERE key = ANY (ARRAY[${sampleColumns.map(quoteLiteral).join(", ")}]::text[])`;
  return `WITH violations AS (
${query}
) SELECT (SELECT pg_catalog.count(*) FROM violations) AS count,
  (SELECT pg_catalog.json_agg((SELECT coalesce(pg_catalog.json_object_agg(key, pg_catalog.left(value, ${fetchedCharacters})), '{}')
                                 FROM pg_catalog.json_each_text(pg_catalog.row_to_json(sample.*))${shown}))
     FROM (SELECT * FROM violations LIMIT ${shownRows}) AS sample) AS rows,
  (SELECT pg_catalog.array_agg(DISTINCT relation::pg_catalog.int8::pg_catalog.float8) FROM pg_catalog.pg_locks
    WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND mode = 'AccessShareLock'
      AND relation <> 'pg_catalog.pg_locks'::pg_catalog.regclass) AS reads`;
}
