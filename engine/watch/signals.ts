import type { CheckOptions } from "../checks/kind/check-options.ts";
import { returnsNoRows, type ReturnsNoRows } from "../checks/kinds/returns-no-rows.ts";

/**
 * A signal that is bad while a session of the database has waited for a lock for longer than this, milliseconds:
 * `lockWaitsBelow(5000)`. A role without `pg_read_all_stats` sees only its own sessions.
 */
export function lockWaitsBelow(waitMs: number, options: CheckOptions = {}): ReturnsNoRows {
  const name = options.name ?? `lock waits below ${waitMs} ms`;
  // Before version 14 the server reports the start of the waiting statement, not of the wait.
  const sql = `SELECT pid, application_name AS "application", pg_catalog.pg_blocking_pids(pid) AS "waits for",
       pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) query_start)::int AS "seconds"
  FROM pg_catalog.pg_stat_activity
 WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND wait_event_type OPERATOR(pg_catalog.=) 'Lock'
   AND pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) query_start OPERATOR(pg_catalog.>) pg_catalog.make_interval(secs => ${waitMs / 1000})`;
  return returnsNoRows(name, sql, { when: ["after"], ...options });
}

/**
 * A signal that is bad while a connected standby has more than this many bytes of write-ahead log to replay:
 * `replicationLagBelow(64 << 20)`. Without a standby it is good. Programs that replay nothing, such as pg_basebackup
 * and pg_receivewal, do not count. A role without `pg_monitor` cannot see the lag, which is bad.
 */
export function replicationLagBelow(bytes: number, options: CheckOptions = {}): ReturnsNoRows {
  const name = options.name ?? `replication lag below ${bytes} bytes`;
  const behind = "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)";
  const sql = `SELECT application_name AS "standby", state, ${behind} AS "bytes behind"
  FROM pg_catalog.pg_stat_replication WHERE state IS NULL OR ${behind} OPERATOR(pg_catalog.>) ${bytes}`;
  return returnsNoRows(name, sql, { when: ["after"], ...options });
}
