import type { Database } from "../postgres/database.ts";

/**
 * Undoes what a script may have left in the session (search path, role, time-outs, temporary tables,
 * cursors), so that neither the bookkeeping nor the next migration inherits it. Inside a transaction it takes
 * effect at once and is itself rolled back with the rest.
 */
export async function leaveNoTrace(database: Database): Promise<void> {
  await database.execute(
    "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; DEALLOCATE ALL; UNLISTEN *; DISCARD TEMP",
  );
}
