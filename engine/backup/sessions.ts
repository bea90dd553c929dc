import { setTimeout as sleep } from "node:timers/promises";
import { applicationName, type Database } from "../postgres/database.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { BackupError } from "./backup.ts";

interface Session {
  pid: number;
  usename: string;
  application: string;
  /** Hidden, like the kind of session, from roles that are neither superusers nor the session's own. */
  since: string | null;
}

/** How long a run of this package on the same database is waited for. */
const ownRunWaitMs = 600_000;

/**
 * Sees to it that no other session is on the database: refuses, or ends them. A migration run of this package
 * is never ended but waited for.
 */
export async function clearSessions(
  maintenance: Database,
  request: {
    source: string;
    terminateSessions?: boolean | undefined;
    onProgress?: ((message: string) => void) | undefined;
  },
): Promise<void> {
  const { source, terminateSessions = false, onProgress } = request;
  const deadline = Date.now() + ownRunWaitMs;
  for (let announced = false; ; announced = true) {
    const sessions = await sessionsOn(maintenance, source);
    const others = sessions.filter(({ application }) => application !== applicationName);
    if (others.length > 0 && !terminateSessions) throw refusal(source, others);
    for (const session of others) await terminate(maintenance, session);
    if (sessions.length === others.length) return;
    if (Date.now() > deadline) throw refusal(source, sessions);
    if (!announced) onProgress?.(`waiting for another run: ${sessions.map(describe).join(", ")}`);
    await sleep(500);
  }
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

/** Says who is on the database and what can be done about it; undefined where nobody is any more. */
export async function sessionsInTheWay(maintenance: Database, source: string): Promise<string | undefined> {
  const sessions = await sessionsOn(maintenance, source);
  return sessions.length === 0 ? undefined : refusal(source, sessions).message;
}

function refusal(source: string, sessions: Session[]): BackupError {
  const shown = sessions.slice(0, 3).map(describe).join(", ");
  const more = sessions.length > 3 ? ` and ${sessions.length - 3} more` : "";
  return new BackupError(
    "BACKUP_SOURCE_IN_USE",
    `PostgreSQL copies a database only while nobody else is connected to it, and ${source} has ` +
      `${sessions.length} other session${sessions.length === 1 ? "" : "s"}: ${shown}${more}. ` +
      `Stop the application for the copy, or set terminateSessions: true to have its sessions ended.`,
  );
}

function describe({ pid, usename, application, since }: Session): string {
  const connected = since === null ? "" : `, connected since ${since}`;
  return `process ${pid} (${application || "unnamed application"}, user ${usename}${connected})`;
}

async function sessionsOn(maintenance: Database, source: string): Promise<Session[]> {
  return maintenance.query<Session>(
    `SELECT pid, usename, application_name AS application,
            to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since
       FROM pg_catalog.pg_stat_activity
      WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()
        AND coalesce(backend_type, 'client backend') = 'client backend' AND usename IS NOT NULL
      ORDER BY backend_start`,
    [source],
  );
}
