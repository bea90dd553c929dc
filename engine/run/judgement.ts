import type { CheckResult } from "../checks/check.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import type { StatementError, ViolatedCheck } from "./run-result.ts";

/** The judgement of the checks on a migration. */
export interface Judgement {
  /** The checks that stop it; empty if it may be committed. */
  violated: ViolatedCheck[];
  /**
   * A check that did not get a lock in time. Inside a transaction there is no judgement then: the transaction is tried
   * again later.
   */
  locked: CheckResult | undefined;
}

/** Merges two judgements. */
export function bothOf(first: Judgement, second: Judgement): Judgement {
  return {
    violated: [...first.violated, ...second.violated],
    locked: first.locked ?? second.locked,
  };
}

const inTheWay: readonly (string | undefined)[] = [sqlstate.lockNotAvailable, sqlstate.deadlockDetected];

/** The first check that must hold and did not get a lock in time. */
export function lockedCheck(results: readonly CheckResult[]): CheckResult | undefined {
  return results.find(({ severity, error }) => severity === "fail" && inTheWay.includes(error?.sqlstate));
}

/** The error of a migration that is rolled back because a check did not get its lock. */
export function lockError({ check, error }: CheckResult): StatementError {
  return {
    message: `check ${JSON.stringify(check)}: ${error?.message ?? "no lock"}`,
    sqlstate: error?.sqlstate,
    ...{ detail: undefined, hint: undefined, where: undefined, position: undefined, excerpt: undefined },
  };
}
