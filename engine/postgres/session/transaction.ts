import type { Database } from "./database.ts";

/** Runs `work` in a transaction. Sends `commit` if it resolves; rolls back if it rejects, and rejects with its error. */
export async function inTransaction<Result>(
  database: Database,
  work: () => Promise<Result>,
  commit = "COMMIT",
): Promise<Result> {
  await database.execute("BEGIN");
  try {
    const result = await work();
    await database.execute(commit);
    return result;
  } catch (error) {
    await undoTransaction(database);
    throw error;
  }
}

/**
 * Rolls a transaction back after an error. A second error, of ROLLBACK, is not reported. If the session is lost, the
 * server rolls back anyway.
 */
export async function undoTransaction(database: Database): Promise<void> {
  if (!database.isLost) await database.execute("ROLLBACK").catch(() => undefined);
}
