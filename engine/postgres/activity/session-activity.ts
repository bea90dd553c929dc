import type { Database } from "../session/database.ts";

/** Whether another session is working on something; false where it waits for its client, or has ended. */
export async function isAtWork(database: Database, pid: number): Promise<boolean> {
  // Roles without privileges may not see the state of other roles' sessions; those that they may not see are at work.
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

/** A server process; its number alone can pass to another. */
export interface Backend {
  pid: number;
  /** When the session began, as text. */
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
 * Ends the server's side of a session whose client's side is lost: else it would hold its locks until the server finds
 * out by itself. A COMMIT that has begun is completed first.
 */
export async function endLostBackend(database: Database, { pid, since }: Backend): Promise<void> {
  await database.query(
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE pid OPERATOR(pg_catalog.=) $1 AND backend_start::pg_catalog.text OPERATOR(pg_catalog.=) $2 AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()`,
    [pid, since],
  );
}
