import { ConnectionError } from "../session/connection-error.ts";
import type { Database } from "../session/database.ts";
import { backendPid } from "./session-activity.ts";

/** Number of comparisons of two sessions: with a busy pooler one comparison can miss. */
const trials = 5;

/**
 * Throws a `ConnectionError` if a pooler assigns each transaction to any free server process. Locks, settings and
 * temporary tables of a run would then get into the wrong session. Costs nothing without a pooler, because the server
 * process that announced itself is then the one that answers.
 */
export async function requireOwnSession(
  database: Database,
  found: { backendPid: number; hasSettings: boolean },
): Promise<void> {
  if (database.announcedPid !== found.backendPid) await requireUnshared(database);
  if (!found.hasSettings) throw droppedSettings(database);
}

async function requireUnshared(database: Database): Promise<void> {
  const other = await database.another();
  try {
    for (let trial = 0; trial < trials; trial++) {
      const mine = await backendPid(database);
      if ((await backendPid(other)) === mine || (await backendPid(database)) !== mine)
        throw sharedServer(database);
    }
  } finally {
    await other.close();
  }
}

function droppedSettings({ address: { host, port } }: Database): ConnectionError {
  return new ConnectionError(
    "POOLER_DROPS_SETTINGS",
    `${host}:${port} is a connection pooler that drops the settings of a new session ` +
      `(PgBouncer's ignore_startup_parameters), so lock_timeout and search_path would have no effect. Point the connection at ` +
      `the PostgreSQL server itself.`,
  );
}

function sharedServer({ address: { host, port } }: Database): ConnectionError {
  return new ConnectionError(
    "POOLER_SHARES_SESSIONS",
    `${host}:${port} is a connection pooler that assigns each transaction to another server process (PgBouncer's ` +
      `transaction mode, Supavisor's port 6543, or the like). A run needs its own session, for its lock and its ` +
      `settings. Point the connection at the PostgreSQL server itself, or at a pool in session mode.`,
  );
}
