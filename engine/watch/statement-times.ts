import type { Database } from "../postgres/database.ts";
import { quoteName } from "../postgres/identifier.ts";
import { withoutSecrets } from "../postgres/redaction.ts";
import { wordsOf } from "../postgres/parsed-statement.ts";

/** How often a statement was executed and how long that took altogether, by the statement's number. */
export type StatementTimes = ReadonlyMap<string, { calls: number; totalMs: number; query: string }>;

/** A statement that takes longer than it did. */
export interface SlowerStatement {
  query: string;
  beforeMs: number;
  nowMs: number;
  calls: number;
}

/** Reads the statistics of pg_stat_statements; undefined where it is not installed, or this role may not read it. */
export async function readStatementTimes(database: Database): Promise<StatementTimes | undefined> {
  const [extension] = await database.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_catalog.pg_extension e
       JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`,
  );
  if (extension === undefined) return undefined;
  const view = quoteName([extension.schema, "pg_stat_statements"]);
  const rows = await database
    .query<{ id: string; calls: number; total: number; query: string }>(
      `SELECT queryid::text AS id, pg_catalog.sum(calls)::float8 AS calls, pg_catalog.min(query) AS query,
              pg_catalog.sum(total_exec_time) AS total
         FROM ${view} s JOIN pg_catalog.pg_database d ON d.oid = s.dbid
        WHERE d.datname = pg_catalog.current_database() AND queryid IS NOT NULL GROUP BY queryid`,
    )
    .catch(() => []);
  return new Map(rows.map(({ id, calls, total, query }) => [id, { calls, totalMs: total, query }]));
}

/** Executions without which a mean says nothing, and a time that nobody notices, milliseconds. */
const [fewCalls, unnoticedMs] = [20, 1];

/** The statements that since then took at least so many times as long as before, the worst first. */
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
      return [{ query: wordsOf(withoutSecrets(query, [])), beforeMs, nowMs, calls: since }];
    })
    .sort((a, b) => b.nowMs * b.calls - a.nowMs * a.calls);
}
