import type { Check, CheckResult } from "../checks/check.ts";
import { checksAt } from "../checks/check-times.ts";
import { brokenPreconditions } from "../checks/preconditions.ts";
import { runChecks } from "../drift/run-checks.ts";
import type { Database } from "../postgres/database.ts";
import { preconditionError } from "../report/check-report.ts";

/**
 * How the standing checks stand. What has to hold before a run is looked at as well, where there will be one. Rejects
 * with a `PreconditionError` where that does not hold.
 */
export async function lookAtChecks(
  database: Database,
  all: readonly Check[],
  isRunAhead: boolean,
): Promise<CheckResult[]> {
  const checks = isRunAhead ? checksAt(all, "before", "standing") : checksAt(all, "standing");
  const results = await runChecks({ database, checks });
  const broken = isRunAhead ? brokenPreconditions(results) : [];
  if (broken.length > 0) throw preconditionError(broken);
  return results.filter(({ when }) => when.includes("standing"));
}
