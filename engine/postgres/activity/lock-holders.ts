import type { Database } from "../session/database.ts";
import { wordsOf } from "../script/parsed-statement.ts";
import { foreign } from "../../foreign-text.ts";

/** A session that holds a lock, or is ahead in the queue for it, while another session waits for the lock. */
export interface LockHolder {
  pid: number;
  user: string;
  application: string;
  /** For example `active` or `idle in transaction`; undefined if this role may not see it. */
  state: string | undefined;
  /** When its transaction started, such as `2026-05-01 12:00:00 UTC`. */
  since: string | undefined;
  /** Its current or last statement, shortened for a message and without passwords. */
  query: string | undefined;
  /** Time that it has been idle in its transaction, milliseconds; undefined if it is not. */
  idleMs: number | undefined;
  /** When its session started: a process number alone may have been reused since. */
  backendStart: string | undefined;
}

/** The sessions that block a session which waits for a lock; empty if it does not wait. */
export async function lockHolders(database: Database, pid: number): Promise<LockHolder[]> {
  const holders = await database.query<Nullable<LockHolder>>(
    `SELECT a.pid, coalesce(a.usename, '') AS user, a.application_name AS application, a.state,
            pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since,
            CASE WHEN a.query OPERATOR(pg_catalog.<>) '<insufficient privilege>' THEN a.query END AS query, a.backend_start::pg_catalog.text AS "backendStart",
            CASE WHEN a.state OPERATOR(pg_catalog.~~) 'idle in transaction%'
                 THEN (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.state_change) OPERATOR(pg_catalog.*) 1000)::int END AS "idleMs"
       FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS blocking (pid)
       JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) blocking.pid`,
    [pid],
  );
  return holders.map((holder) => ({
    ...holder,
    user: foreign(holder.user),
    application: foreign(holder.application),
    state: holder.state ?? undefined,
    since: holder.since ?? undefined,
    query: holder.query === null ? undefined : wordsOf(holder.query ?? ""),
    idleMs: holder.idleMs ?? undefined,
    backendStart: holder.backendStart ?? undefined,
  }));
}

/** Ends a session; false if it has ended already or the role may not end it. */
export async function terminateSession(database: Database, holder: LockHolder): Promise<boolean> {
  const [ended] = await database.query<{ ended: boolean }>(
    `SELECT pg_catalog.pg_terminate_backend(pid) AS ended FROM pg_catalog.pg_stat_activity
      WHERE pid OPERATOR(pg_catalog.=) $1 AND backend_start::pg_catalog.text OPERATOR(pg_catalog.=) $2 AND state OPERATOR(pg_catalog.~~) 'idle in transaction%'`,
    [holder.pid, holder.backendStart],
  );
  return ended?.ended ?? false;
}

/** A holder as text for a message. */
export function describeHolder({ pid, user, application, state, since, query }: LockHolder): string {
  const doing = [state, since === undefined ? undefined : `transaction since ${since}`]
    .filter(Boolean)
    .join(", ");
  const details = [application || "unnamed application", `user ${user}`, doing].filter((part) => part !== "");
  return `process ${pid} (${details.join(", ")})${query === undefined || query === "" ? "" : `: ${query}`}`;
}

type Nullable<Type> = { [Member in keyof Type]: Type[Member] | null } & {
  pid: number;
  user: string;
  application: string;
};
