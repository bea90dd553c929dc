import type { Database } from "../session/database.ts";

/** The progress of a long statement in another session. */
export interface StatementProgress {
  /** Its current phase, in PostgreSQL's words: `building index: scanning table`. */
  phase: string;
  /** Finished part of that phase, 0 to 100; undefined if the server does not report it. */
  percent: number | undefined;
}

interface ProgressRow {
  command?: string;
  phase?: string;
  [figure: string]: unknown;
}

/**
 * The progress that the server reports for a session's statement; undefined if it reports none for this kind of
 * statement.
 */
export async function readProgress(database: Database, pid: number): Promise<StatementProgress | undefined> {
  const views = await database.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_catalog.pg_class c
      WHERE c.relnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace AND c.relname OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])`,
    [progressViews],
  );
  const queries = views.map(
    ({ name }) =>
      `SELECT pg_catalog.to_jsonb(p) AS row FROM pg_catalog.${name} p WHERE p.pid OPERATOR(pg_catalog.=) $1`,
  );
  const [found] = await database.query<{ row: ProgressRow }>(queries.join(" UNION ALL "), [pid]);
  return found && { phase: phaseOf(found.row), percent: percentOf(found.row) };
}

/** The available views depend on the server's version. */
const progressViews = ["create_index", "cluster", "vacuum", "analyze", "copy"].map(
  (what) => `pg_stat_progress_${what}`,
);

function phaseOf({ command, phase, tuples_processed: rows }: ProgressRow): string {
  const copying = rows === undefined ? "copying" : `copying, ${Number(rows)} rows`;
  return phase === undefined ? copying : [command, phase].filter((part) => part !== undefined).join(": ");
}

function percentOf(row: ProgressRow): number | undefined {
  for (const [done, total] of figures) {
    const [part, whole] = [Number(row[done]), Number(row[total])];
    if (whole > 0 && part <= whole) return Math.floor((part / whole) * 100);
  }
  return undefined;
}

const figures = [
  ["blocks_done", "blocks_total"],
  ["tuples_done", "tuples_total"],
  ["lockers_done", "lockers_total"],
  ["heap_blks_scanned", "heap_blks_total"],
  ["sample_blks_scanned", "sample_blks_total"],
  ["bytes_processed", "bytes_total"],
] as const;
