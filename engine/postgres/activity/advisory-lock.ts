import { setTimeout as sleep } from "node:timers/promises";
import { PgMigrationsError } from "../../error.ts";
import type { Database } from "../session/database.ts";
import { foreign } from "../../foreign-text.ts";

/** Another session held the lock for longer than the configured wait. */
export class LockHeldError extends PgMigrationsError {}

/** The lock, and how to wait for it. */
export interface LockRequest {
  /** The advisory lock's number. */
  key: string;
  /** Longest wait, milliseconds. */
  waitMs: number;
  /** Called once with the holder, if the lock is not free at once. */
  onWait?: ((holder: string) => void) | undefined;
}

const pollMs = 500;

/**
 * Runs `work` while this session holds an advisory lock. The server frees it whenever the session ends. Rejects with a
 * `LockHeldError` that names the holder if the wait was too long.
 */
export async function withAdvisoryLock<Result>(
  database: Database,
  request: LockRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  await acquire(database, request);
  try {
    return await work();
  } finally {
    await database.query("SELECT pg_catalog.pg_advisory_unlock($1)", [request.key]).catch(() => undefined);
  }
}

async function acquire(database: Database, { key, waitMs, onWait }: LockRequest): Promise<void> {
  const deadline = Date.now() + waitMs;
  let announced = false;
  while (!(await tryLock(database, key))) {
    const holder = (await advisoryLockHolder(database, key)) ?? "a session that has just ended";
    if (Date.now() >= deadline) throw heldTooLong(holder, waitMs);
    if (!announced) onWait?.(holder);
    announced = true;
    await sleep(pollMs);
  }
}

async function tryLock(database: Database, key: string): Promise<boolean> {
  const [row] = await database.query<{ locked: boolean }>(
    "SELECT pg_catalog.pg_try_advisory_lock($1) AS locked",
    [key],
  );
  return row?.locked ?? false;
}

/** The condition on `pg_locks` for one advisory lock of this database, whose number is the parameter $1. */
export const isAdvisoryLock = `l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.objsubid OPERATOR(pg_catalog.=) 1
        AND l.database OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
        AND l.classid OPERATOR(pg_catalog.=) ($1::bigint OPERATOR(pg_catalog.>>) 32)::int::pg_catalog.oid AND l.objid OPERATOR(pg_catalog.=) ($1::bigint OPERATOR(pg_catalog.&) 4294967295)::pg_catalog.oid`;

/** The holder of an advisory lock of this database, as text; undefined if no other session holds it. */
export async function advisoryLockHolder(database: Database, key: string): Promise<string | undefined> {
  const [holder] = await database.query<{
    pid: number;
    usename: string;
    application: string;
    since: string | null;
    address: string | null;
  }>(
    `SELECT l.pid, a.usename, a.application_name AS application, a.client_addr::pg_catalog.text AS address,
            pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since
       FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
      WHERE l.granted AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() AND ${isAdvisoryLock}`,
    [key],
  );
  if (holder === undefined) return undefined;
  // The server hides address and time of other roles' sessions from roles without privileges.
  const from = holder.address === null ? "" : ` from ${holder.address}`;
  const since = holder.since === null ? "" : `, connected since ${holder.since}`;
  return `process ${holder.pid} (${foreign(holder.application) || "unnamed application"}, user ${foreign(holder.usename)}${from}${since})`;
}

function heldTooLong(holder: string, waitMs: number): LockHeldError {
  return new LockHeldError(
    "MIGRATION_LOCK_HELD",
    `Another migration run holds the lock of this database: ${holder}. Waited ${Math.round(waitMs / 1000)} s; ` +
      `nothing was changed. Let it finish, then run pulumi up again.`,
  );
}
