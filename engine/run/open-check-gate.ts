import { setTimeout as sleep } from "node:timers/promises";
import { withoutOwnFunctions } from "../checks/check-reads.ts";
import { checksAt } from "../checks/check-times.ts";
import type { Check } from "../checks/check.ts";
import { brokenPreconditions } from "../checks/preconditions.ts";
import { evaluateChecks, resultOf } from "../checks/evaluate-checks.ts";
import type { Database } from "../postgres/session/database.ts";
import { preconditionError } from "../checks/check-report.ts";
import { CheckGate } from "./check-gate.ts";
import { lockedCheck } from "./judgement.ts";

/** Milliseconds between two tries for a lock that a check needs. */
const pauseMs = 500;

/**
 * Evaluates the checks before the run. Rejects with a `PreconditionError` if a check that must hold before it failed.
 * Does not reject if the run resumes a migration, which may be about to repair the violation.
 */
export async function openCheckGate(
  database: Database,
  all: readonly Check[],
  { isResumed, lockRetryMs }: { isResumed: boolean; lockRetryMs: number },
): Promise<CheckGate> {
  const checks = checksAt(all, "before", "inside");
  const deadline = Date.now() + lockRetryMs;
  let evaluations = await evaluateChecks({ database, checks });
  while (lockedCheck(evaluations) !== undefined && Date.now() < deadline) {
    await sleep(pauseMs);
    evaluations = await evaluateChecks({ database, checks });
  }
  const broken = isResumed ? [] : brokenPreconditions(evaluations.map(resultOf));
  if (broken.length > 0) throw preconditionError(broken);
  const before = new Map(evaluations.map((one) => [one.check, one]));
  const noted = new Map(
    evaluations.flatMap(({ check, reads }) => (reads === undefined ? [] : [[check, reads]])),
  );
  const inside = checksAt(all, "inside");
  return new CheckGate(
    inside,
    before,
    inside.length === 0 ? noted : await withoutOwnFunctions(database, inside, noted),
  );
}
