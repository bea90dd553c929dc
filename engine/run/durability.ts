import type { Database } from "../postgres/database.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";

/**
 * Commits without waiting for the disk. Migration and ledger row are one transaction, and what is committed later reaches
 * the disk later: a server that crashes may lose the last of them, whole, and the ledger says so. Before a run tells what
 * it has done, all of it has reached the disk.
 */
export const commitLater = "SET LOCAL synchronous_commit = off; COMMIT";

/** How a migration is committed: the last of a run waits for the disk, and with it for all before it. */
export function commitOf({ last }: { last: boolean }): string {
  return last ? "COMMIT" : commitLater;
}

/**
 * Waits until everything that was committed has reached the disk. A message to whoever decodes the log is the smallest
 * thing that a transaction can write.
 */
export async function makeDurable(database: Database): Promise<void> {
  try {
    await database.query(
      "SELECT pg_catalog.pg_logical_emit_message(true, 'pulumi-pg-migrations', 'the run has ended')",
    );
  } catch (error) {
    // A role that may not has to trust the server, which writes by itself within a second.
    if (!(error instanceof StatementFailure)) throw error;
  }
}
