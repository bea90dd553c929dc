import type { Database } from "../postgres/session/database.ts";
import { quoteName } from "../postgres/text/identifier.ts";
import { wordsOf } from "../postgres/script/parsed-statement.ts";

/** Executions and total time of each statement, by the statement's ID. */
export type StatementTimes = ReadonlyMap<string, { calls: number; totalMs: number; query: string }>;

/** A statement that became slower. */
export interface SlowerStatement {
  query: string;
  beforeMs: number;
  nowMs: number;
  calls: number;
}

/** Reads the statistics of pg_stat_statements; undefined if it is not installed, not loaded, or cannot be read. */
export async function readStatementTimes(database: Database): Promise<StatementTimes | undefined> {
  // Versions before 1.8, of PostgreSQL 12 and upgraded servers, use another name for the time.
  const [extension] = await database.query<{ schema: string; time: string }>(
    `SELECT n.nspname AS schema, a.attname AS time FROM pg_catalog.pg_extension e
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace
       JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) e.extname
       JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attname OPERATOR(pg_catalog.=) ANY ('{total_exec_time,total_time}')
      WHERE e.extname OPERATOR(pg_catalog.=) 'pg_stat_statements'`,
  );
  if (extension === undefined) return undefined;
  const view = quoteName([extension.schema, "pg_stat_statements"]);
  // The server loses the texts if it cannot write them to disk; the numbers stay.
  const rows = await database
    .query<{ id: string; calls: number; total: number; query: string }>(
      `SELECT queryid::pg_catalog.text AS id, pg_catalog.sum(calls)::pg_catalog.float8 AS calls, pg_catalog.sum(${extension.time}) AS total,
              coalesce(pg_catalog.min(query), 'the statement with the queryid ' OPERATOR(pg_catalog.||) queryid::pg_catalog.text) AS query
         FROM ${view} s JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.dbid
        WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND queryid IS NOT NULL GROUP BY queryid`,
    )
    .catch(() => undefined);
  return rows && new Map(rows.map(({ id, calls, total, query }) => [id, { calls, totalMs: total, query }]));
}

/** The number of executions below which a mean is meaningless, and a negligible time, milliseconds. */
const [fewCalls, unnoticedMs] = [20, 1];

/** The statements whose mean time since then is at least `factor` times the earlier one, the worst first. */
export function slowerStatements(
  before: StatementTimes,
  now: StatementTimes,
  factor: number,
): SlowerStatement[] {
  return [...now]
    .flatMap(([id, { calls, totalMs, query }]) => {
      const earlier = before.get(id);
      const since = calls - (earlier?.calls ?? 0);
      if (earlier === undefined || earlier.calls < fewCalls || since < fewCalls) return [];
      const beforeMs = earlier.totalMs / earlier.calls;
      const nowMs = (totalMs - earlier.totalMs) / since;
      if (nowMs < unnoticedMs || nowMs < beforeMs * factor) return [];
      return [{ query: wordsOf(query), beforeMs, nowMs, calls: since }];
    })
    .sort((a, b) => b.nowMs * b.calls - a.nowMs * a.calls);
}
