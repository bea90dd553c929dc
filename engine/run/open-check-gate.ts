import { withoutOwnFunctions } from "../checks/check-reads.ts";
import { checksAt } from "../checks/check-times.ts";
import type { Check } from "../checks/check.ts";
import { brokenPreconditions } from "../checks/preconditions.ts";
import { evaluateChecks, resultOf } from "../checks/run-checks.ts";
import type { Database } from "../postgres/database.ts";
import { preconditionError } from "../report/check-report.ts";
import { CheckGate } from "./check-gate.ts";

/**
 * Evaluates the checks as things stand before the run. Rejects with a `PreconditionError` where one does not hold that
 * has to hold before it.
 */
export async function openCheckGate(database: Database, all: readonly Check[]): Promise<CheckGate> {
  const inside = checksAt(all, "inside");
  const checks = checksAt(all, "before", "inside");
  const evaluations = await evaluateChecks({ database, checks, notesReads: () => true });
  const broken = brokenPreconditions(evaluations.map(resultOf));
  if (broken.length > 0) throw preconditionError(broken);
  const before = new Map(evaluations.map((one) => [one.check, one]));
  const noted = new Map(
    evaluations.flatMap(({ check, reads }) => (reads === undefined ? [] : [[check, reads]])),
  );
  const reads = inside.length === 0 ? noted : await withoutOwnFunctions(database, checks, noted);
  return new CheckGate(inside, before, reads);
}
