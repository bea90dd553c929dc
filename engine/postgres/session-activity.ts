import type { Database } from "./database.ts";

/** Whether another session is working on something; false where it waits for its client, or has ended. */
export async function isAtWork(database: Database, pid: number): Promise<boolean> {
  // Roles without privileges may not see the state of other roles' sessions; those that they may not see are at work.
  const [found] = await database.query<{ working: boolean }>(
    `SELECT coalesce(state = 'active', true) AS working FROM pg_catalog.pg_stat_activity WHERE pid = $1`,
    [pid],
  );
  return found?.working ?? false;
}

/** The number of the server process that serves a session. */
export async function backendPid(database: Database): Promise<number> {
  const [row] = await database.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
  return row?.pid ?? 0;
}
