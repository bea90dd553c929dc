import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../postgres/session/database.ts";
import { applicationName } from "../postgres/session/session-settings.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { BackupError } from "./backup.ts";
import type { LedgerMark } from "./ledger-mark.ts";
import { foreign } from "../foreign-text.ts";

interface Session {
  pid: number;
  usename: string;
  application: string;
  /** Null, like the kind of session, if hidden from the role: it is neither a superuser nor the session's own. */
  since: string | null;
  /** True for a migration run: one of this package, or of another tool that holds the ledger's lock. */
  runs: boolean;
}

/**
 * Ensures that no other session is on the database: refuses, or ends them. A migration run of this package or of the
 * ledger's tool is never ended; it is waited for.
 */
export async function clearSessions(
  maintenance: Database,
  request: {
    source: string;
    terminateSessions?: boolean | undefined;
    ledger?: LedgerMark | undefined;
    runLockWaitMs?: number | undefined;
    onProgress?: ((message: string) => void) | undefined;
  },
): Promise<void> {
  const { source, terminateSessions = false, ledger, runLockWaitMs = 600_000, onProgress } = request;
  const deadline = Date.now() + runLockWaitMs;
  for (let announced = false; ; announced = true) {
    const sessions = await sessionsOn(
      maintenance,
      source,
      ledger?.lockKey({ ...maintenance.address, database: source }),
    );
    const runs = sessions.filter((session) => session.runs);
    const others = sessions.filter((session) => !session.runs);
    if (others.length > 0 && !terminateSessions) throw refusal(source, others);
    for (const session of others) await terminate(maintenance, session);
    if (runs.length === 0) return;
    if (Date.now() > deadline) throw runGoesOn(source, runs, runLockWaitMs);
    if (!announced) onProgress?.(`waiting for another migration run: ${runs.map(describe).join(", ")}`);
    await sleep(500);
  }
}

function runGoesOn(source: string, runs: Session[], waitedMs: number): BackupError {
  return new BackupError(
    "BACKUP_SOURCE_IN_USE",
    `Another migration run is on ${source}: ${runs.map(describe).join(", ")}. Waited ${Math.round(waitedMs / 1000)} s; ` +
      `nothing was changed. Let it finish, then run pulumi up again.`,
  );
}

async function terminate(maintenance: Database, session: Session): Promise<void> {
  try {
    await maintenance.query("SELECT pg_catalog.pg_terminate_backend($1)", [session.pid]);
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    throw new BackupError(
      "BACKUP_SESSION_NOT_ENDED",
      `${maintenance.address.user} may not end ${describe(session)}: ${error.message}. Run as the database's owner ` +
        `or a superuser: GRANT pg_signal_backend TO ${quoteIdentifier(maintenance.address.user)};`,
      { sqlstate: error.sqlstate },
    );
  }
}

/** Names the sessions on the database and the remedy; undefined if there are none. */
export async function sessionsInTheWay(maintenance: Database, source: string): Promise<string | undefined> {
  const sessions = await sessionsOn(maintenance, source);
  return sessions.length === 0 ? undefined : refusal(source, sessions).message;
}

function refusal(source: string, sessions: Session[]): BackupError {
  const shown = sessions.slice(0, 3).map(describe).join(", ");
  const more = sessions.length > 3 ? ` and ${sessions.length - 3} more` : "";
  return new BackupError(
    "BACKUP_SOURCE_IN_USE",
    `PostgreSQL copies or renames a database only while no other session is connected to it, and ${source} has ` +
      `${sessions.length} other session${sessions.length === 1 ? "" : "s"}: ${shown}${more}. ` +
      `Stop the application first, or have its sessions ended (terminateSessions: true, or --terminate-sessions).`,
  );
}

function describe({ pid, usename, application, since }: Session): string {
  const connected = since === null ? "" : `, connected since ${since}`;
  return `process ${pid} (${foreign(application) || "unnamed application"}, user ${foreign(usename)}${connected})`;
}

async function sessionsOn(maintenance: Database, source: string, lockKey?: string): Promise<Session[]> {
  return maintenance.query<Session>(
    `SELECT pid, usename, application_name AS application,
            pg_catalog.to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since,
            application_name OPERATOR(pg_catalog.=) $2 OR EXISTS (
              SELECT FROM pg_catalog.pg_locks l
               WHERE l.pid OPERATOR(pg_catalog.=) a.pid AND l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 1
                 AND l.classid OPERATOR(pg_catalog.=) ($3::bigint OPERATOR(pg_catalog.>>) 32)::int::pg_catalog.oid AND l.objid OPERATOR(pg_catalog.=) ($3::bigint OPERATOR(pg_catalog.&) 4294967295)::pg_catalog.oid) AS runs
       FROM pg_catalog.pg_stat_activity a
      WHERE datname OPERATOR(pg_catalog.=) $1 AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
        AND coalesce(backend_type, 'client backend') OPERATOR(pg_catalog.=) 'client backend' AND usename IS NOT NULL
      ORDER BY backend_start`,
    [source, applicationName, lockKey ?? null],
  );
}
