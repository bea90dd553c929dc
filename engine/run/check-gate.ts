import type { Check, CheckResult } from "../checks/check.ts";
import { runChecks } from "../checks/run-checks.ts";
import type { Database } from "../postgres/database.ts";
import type { ViolatedCheck } from "./run-result.ts";

/**
 * Decides whether a migration may be committed. What held before the run has to hold after every migration;
 * everything has to hold after the last. A check that did not hold before (because its table is yet to be
 * created, or because the run repairs the data) does not stop the migrations that lead up to it.
 */
export interface CheckGate {
  /** The checks that stop this migration; empty where it may be committed. */
  violatedAfter(options: { last: boolean; insideTransaction: boolean }): Promise<ViolatedCheck[]>;
}

/** Evaluates the checks as things stand before the run. */
export async function openCheckGate(database: Database, checks: readonly Check[]): Promise<CheckGate> {
  const before = await runChecks({ database, checks });
  const heldBefore = new Set(before.filter(holds).map((result) => result.check));
  return {
    async violatedAfter({ last, insideTransaction }) {
      const due = last ? checks : checks.filter((check) => heldBefore.has(check.name));
      const results = await runChecks({ database, checks: due, insideTransaction });
      return results
        .filter((result) => !holds(result))
        .map((result) => ({ ...result, heldBefore: heldBefore.has(result.check) }));
    },
  };
}

function holds(result: CheckResult): boolean {
  return result.outcome === "holds";
}
