import { foreign } from "../../foreign-text.ts";
import { isAdvisoryLock } from "./advisory-lock.ts";
import type { Database } from "../session/database.ts";
import { StatementFailure } from "../text/statement-failure.ts";

/** A session that waits for the run's own lock: another migration tool, or a statement that it abandoned. */
export interface LockWaiter {
  pid: number;
  user: string;
  application: string;
  /** True if it was ended. Otherwise it has written something, or this role may not end it. */
  isEnded: boolean;
  /** True if its transaction has written something, which ending it would lose. Such a session is left alone. */
  hasWritten: boolean;
}

/**
 * Ends all or selected sessions that wait for an advisory lock. A statement with CONCURRENTLY waits for their
 * statement, and they wait for the run, so neither could continue. Without the lock they have not started a migration.
 * A session that has written something anyway is left alone.
 */
export async function endLockWaiters(
  database: Database,
  key: string,
  isWanted: (pid: number) => boolean = () => true,
): Promise<LockWaiter[]> {
  const waiters = await database.query<Omit<LockWaiter, "isEnded"> & { since: string }>(
    `SELECT a.pid, coalesce(a.usename, '') AS user, a.application_name AS application, a.backend_start::pg_catalog.text AS since,
            EXISTS (SELECT FROM pg_catalog.pg_locks x
                     WHERE x.pid OPERATOR(pg_catalog.=) l.pid AND x.granted
                       AND x.locktype OPERATOR(pg_catalog.=) 'transactionid'
                       AND x.mode OPERATOR(pg_catalog.=) 'ExclusiveLock') AS "hasWritten"
       FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
      WHERE NOT l.granted AND ${isAdvisoryLock}`,
    [key],
  );
  const found: LockWaiter[] = [];
  for (const { pid, user, application, since, hasWritten } of waiters.filter(({ pid }) => isWanted(pid)))
    found.push({
      pid,
      user: foreign(user),
      application: foreign(application),
      hasWritten,
      isEnded: !hasWritten && (await endWaiter(database, { pid, since })),
    });
  return found;
}

async function endWaiter(
  database: Database,
  { pid, since }: { pid: number; since: string | null },
): Promise<boolean> {
  try {
    const [ended] = await database.query<{ ended: boolean }>(
      `SELECT pg_catalog.pg_terminate_backend(a.pid) AS ended FROM pg_catalog.pg_stat_activity a
        WHERE a.pid OPERATOR(pg_catalog.=) $1 AND (a.backend_start::pg_catalog.text OPERATOR(pg_catalog.=) $2 OR $2 IS NULL)`,
      [pid, since],
    );
    // A session that is gone no longer waits.
    return ended?.ended ?? true;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return false;
  }
}

/** A waiter as text for a message. */
export function describeWaiter({ pid, user, application }: LockWaiter): string {
  return `process ${pid} (${application || "unnamed application"}, user ${user})`;
}
