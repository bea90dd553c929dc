import type { Check, CheckResult } from "../checks/check.ts";
import { checksAt } from "../checks/check-times.ts";
import { kindOf } from "../checks/check-kinds.ts";
import { brokenPreconditions, isYetToBeCreated } from "../checks/preconditions.ts";
import { runChecks } from "../drift/run-checks.ts";
import type { Plan } from "../plan/plan.ts";
import { stepsOf } from "../plan/step.ts";
import type { SoundScripts } from "../plan/plan-problems.ts";
import type { Database } from "../postgres/session/database.ts";
import { preconditionError } from "../checks/check-report.ts";
import { mayBeCreated } from "./mentioned-names.ts";

/**
 * Evaluates the standing checks. If there will be a run, also evaluates the checks that must hold before it, and
 * rejects with a `PreconditionError` if one of those failed.
 */
export async function lookAtChecks(
  database: Database,
  all: readonly Check[],
  { plan, scripts }: { plan: Plan; scripts: SoundScripts | undefined },
): Promise<CheckResult[]> {
  const isRunAhead = plan.steps.length > 0;
  const checks = isRunAhead ? checksAt(all, "before", "standing") : checksAt(all, "standing");
  const results = await runChecks({ database, checks });
  // A run that resumes a migration may be about to repair the violation.
  const isResumed = stepsOf(plan, "apply").some(({ interrupted }) => interrupted !== undefined);
  const broken = isRunAhead && !isResumed ? brokenPreconditions(results, mayBeCreated(scripts)) : [];
  if (broken.length > 0) throw preconditionError(broken);
  return results
    .filter(({ when, severity }) => when.includes("standing") || severity === "warn")
    .map((result) =>
      isRunAhead && awaitsRun(result, plan, mayBeCreated(scripts)) ? { ...result, awaitsRun: true } : result,
    );
}

/**
 * True if a check has no meaning before the run: the object that it inspects does not exist yet, and nothing is wrong.
 */
function awaitsRun(
  result: CheckResult,
  { hasLedgerRows, tableWithoutLedger }: Plan,
  isCreated: (result: CheckResult) => boolean,
): boolean {
  if (result.outcome === "unknown") return isYetToBeCreated(result) && isCreated(result);
  const isEmpty = !hasLedgerRows && tableWithoutLedger === undefined;
  return result.outcome === "violated" && isEmpty && kindOf(result).subject === "schema";
}
