import type { CheckResult } from "../checks/check.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";

const inTheWay: readonly (string | undefined)[] = [sqlstate.lockNotAvailable, sqlstate.deadlockDetected];

/** The check that has to hold and that could not have a lock in time; undefined where there is none. */
export function lockedCheck(results: readonly CheckResult[]): CheckResult | undefined {
  return results.find(({ severity, error }) => severity === "fail" && inTheWay.includes(error?.sqlstate));
}

/**
 * A check that cannot have a lock in time is no verdict: the migration is rolled back, and tried again a little later.
 * Throws a `StatementFailure` where there is one.
 */
export function giveWay(results: readonly CheckResult[]): void {
  const { check, error } = lockedCheck(results) ?? {};
  if (error === undefined) return;
  const message = `check ${JSON.stringify(check)}: ${error.message}`;
  throw new StatementFailure({ message, code: error.sqlstate }, 0, { redact: (text) => text });
}
