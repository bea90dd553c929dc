import type { Database } from "../session/database.ts";

/** True if another session is working; false if it waits for its client or has ended. */
export async function isAtWork(database: Database, pid: number): Promise<boolean> {
  // Roles without privileges cannot see the state of other roles' sessions. A hidden state counts as working.
  const [found] = await database.query<{ working: boolean }>(
    `SELECT coalesce(state OPERATOR(pg_catalog.=) 'active', true) AS working FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) $1`,
    [pid],
  );
  return found?.working ?? false;
}

/** The number of the server process that serves a session. */
export async function backendPid(database: Database): Promise<number> {
  return (await backendOf(database)).pid;
}

/** A server process. Its number alone may be reused. */
export interface Backend {
  pid: number;
  /** When the session started, as text. */
  since: string;
}

/** The server process that serves a session. */
export async function backendOf(database: Database): Promise<Backend> {
  const [row] = await database.query<Backend>(
    `SELECT pid, backend_start::pg_catalog.text AS since FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())`,
  );
  return row ?? { pid: 0, since: "" };
}

/**
 * Ends the server's side of a session whose client is lost. Otherwise it would hold its locks until the server notices.
 * A COMMIT that has started is completed first.
 */
export async function endLostBackend(database: Database, { pid, since }: Backend): Promise<void> {
  await database.query(
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE pid OPERATOR(pg_catalog.=) $1 AND backend_start::pg_catalog.text OPERATOR(pg_catalog.=) $2 AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()`,
    [pid, since],
  );
}
