import { isAtomic } from "../postgres/script.ts";
import { applyAtomic } from "./apply-atomic.ts";
import { applySegments } from "./apply-segments.ts";
import type { MigrationAttempt } from "./migration-attempt.ts";
import type { FailedMigration } from "./run-result.ts";
import { rollBackAlone } from "./roll-back-alone.ts";

/** Applies one migration, or rolls it back; gives the failure, or undefined when it is done and recorded. */
export async function applyMigration(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { script, retry, session, direction } = attempt;
  if (isAtomic(script)) return retry(session.watch, () => applyAtomic(attempt));
  if (direction === "up") return applySegments(attempt);
  return retry(session.watch, () => rollBackAlone(attempt));
}
