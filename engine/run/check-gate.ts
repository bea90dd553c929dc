import type { Check, CheckResult } from "../checks/check.ts";
import { runChecks } from "../checks/run-checks.ts";
import type { Database } from "../postgres/database.ts";
import type { ViolatedCheck } from "./run-result.ts";

/**
 * Decides whether a migration may be committed. What held before the run has to hold after every migration; what
 * comes to hold during the run may not be violated after any later one; everything has to hold after the last. A
 * check that does not hold yet (because its table is yet to be created, or because the run repairs the data) does
 * not stop the migrations that lead up to it.
 *
 * A history that is run from its beginning may create, drop and create again: a check on existence, and one that
 * cannot be evaluated for want of its table, count at the end unless they held before the run.
 */
export interface CheckGate {
  /** Whether there is no check at all, so that every migration may be committed. */
  isOpen: boolean;
  /** The checks that stop this migration; empty where it may be committed. */
  violatedAfter(
    database: Database,
    options: { last: boolean; insideTransaction: boolean },
  ): Promise<ViolatedCheck[]>;
}

/** Evaluates the checks as things stand before the run. */
export async function openCheckGate(database: Database, checks: readonly Check[]): Promise<CheckGate> {
  const before = new Map(
    (await runChecks({ database, checks })).map((result) => [result.check, result.outcome]),
  );
  const heldDuring = new Set<string>();
  const stops = (result: CheckResult): boolean =>
    before.get(result.check) === "holds" ||
    (heldDuring.has(result.check) && result.outcome === "violated" && !isAboutExistence(result));
  return {
    isOpen: checks.length === 0,
    async violatedAfter(session, { last, insideTransaction }) {
      const results = await runChecks({ database: session, checks, insideTransaction });
      for (const { check } of results.filter(holds)) heldDuring.add(check);
      return results
        .filter((result) => !holds(result) && (last || stops(result)))
        .map((result) => ({ ...result, before: before.get(result.check) ?? "unknown" }));
    },
  };
}

function holds(result: CheckResult): boolean {
  return result.outcome === "holds";
}

function isAboutExistence({ kind }: CheckResult): boolean {
  return kind === "tableExists" || kind === "indexExists" || kind === "foreignKeyExists";
}
