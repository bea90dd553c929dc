import type { Database } from "./database.ts";

/** Runs `work` in a transaction: `commit` if it resolves, ROLLBACK if it rejects, which is then its error. */
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
 * Rolls a transaction back after an error. That error is the cause, so another one of ROLLBACK is not reported. The server rolls back
 * by itself if the session is lost.
 */
export async function undoTransaction(database: Database): Promise<void> {
  if (!database.isLost) await database.execute("ROLLBACK").catch(() => undefined);
}
