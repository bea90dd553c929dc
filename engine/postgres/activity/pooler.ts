import { ConnectionError } from "../session/connection-error.ts";
import type { Database } from "../session/database.ts";
import { backendPid } from "./session-activity.ts";

/** How often two sessions are compared: with a busy pooler one comparison can miss. */
const trials = 5;

/**
 * Throws a `ConnectionError` where something between here and the server hands each transaction to whichever server
 * process is free: locks, settings and temporary tables of a run would end up in other hands. Costs nothing where the
 * server that announced itself is the one that answers, which is so without a pooler.
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
    `${host}:${port} is a connection pooler that leaves out the settings which a session asks for when it is opened ` +
      `(PgBouncer's ignore_startup_parameters): lock_timeout and search_path would not hold. Point the connection at ` +
      `the PostgreSQL server itself.`,
  );
}

function sharedServer({ address: { host, port } }: Database): ConnectionError {
  return new ConnectionError(
    "POOLER_SHARES_SESSIONS",
    `${host}:${port} is a connection pooler that hands each transaction to another server process (PgBouncer's ` +
      `transaction mode, Supavisor's port 6543, or the like). A run needs a session of its own, for its lock and its ` +
      `settings. Point the connection at the PostgreSQL server itself, or at a pool in session mode.`,
  );
}
