import { isAtomic } from "../postgres/script/script.ts";
import { outsideTransaction } from "../postgres/script/read-script.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { applyAtomic } from "./apply-atomic.ts";
import { applySegments } from "./apply-segments.ts";
import type { MigrationAttempt } from "./migration-attempt.ts";
import { outlastingEffects } from "./outlasting-effects.ts";
import type { FailedMigration } from "./run-result.ts";
import { rollBackAlone } from "./roll-back-alone.ts";

/** Applies one migration, or rolls it back. Returns the failure, or undefined once it is done and recorded. */
export async function applyMigration(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const failed = await applyAsFits(attempt);
  if (failed === undefined || failed.outcome === "committed") return failed;
  const outlasting = await outlastingEffects(attempt.script, failed);
  return outlasting.length === 0 ? failed : { ...failed, outlasting };
}

async function applyAsFits(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { script, retry, session, direction } = attempt;
  if (isAtomic(script)) {
    const failed = await retry(session.watch, () => applyAtomic(attempt));
    const commits = failed?.error?.sqlstate === sqlstate.invalidTermination;
    const alone = direction === "up" && commits ? outsideTransaction(script) : undefined;
    // Its work up to its first COMMIT was rolled back.
    return alone === undefined ? failed : applySegments({ ...attempt, script: alone });
  }
  if (direction === "up") return applySegments(attempt);
  return retry(session.watch, () => rollBackAlone(attempt));
}
