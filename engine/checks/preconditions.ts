import { PgMigrationsError } from "../error.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import type { CheckResult } from "./check.ts";

/** Checks failed on the live data before a run; nothing was changed. */
export class PreconditionError extends PgMigrationsError {
  /** The failed checks. */
  readonly violated: readonly CheckResult[];

  constructor(violated: readonly CheckResult[], report: string) {
    super("PRECONDITION_VIOLATED", report);
    this.violated = violated;
  }
}

/**
 * The checks that prevent a run: those of `before` that failed, and those that cannot be evaluated. A check that only
 * lacks something that the run may be about to create does not count.
 */
export function brokenPreconditions(
  results: readonly CheckResult[],
  mayBeCreated: (result: CheckResult) => boolean = () => true,
): CheckResult[] {
  return results.filter((result) => {
    if (result.severity === "warn" || result.outcome === "holds") return false;
    if (result.outcome === "violated") return result.when.includes("before");
    if (!result.when.includes("before") && !result.when.includes("inside")) return false;
    return !isYetToBeCreated(result) || !mayBeCreated(result);
  });
}

/**
 * True if a check cannot be evaluated because something that it names is missing. That counts if it is evaluated after
 * the run as well; otherwise only a missing table is assumed to be created by the run.
 */
export function isYetToBeCreated({ when, error }: Pick<CheckResult, "error" | "when">): boolean {
  const { sqlstate: code, where } = error ?? {};
  // Something is missing in a function, not in what the check itself names.
  if (where !== undefined) return false;
  return when.includes("inside") ? missing.includes(code) : missingTable.includes(code);
}

const missingTable: readonly (string | undefined)[] = [sqlstate.undefinedTable, sqlstate.undefinedSchema];

const missing: readonly (string | undefined)[] = [
  ...missingTable,
  sqlstate.undefinedColumn,
  sqlstate.undefinedFunction,
  sqlstate.undefinedObject,
  // A value that is yet to be added to an enum.
  sqlstate.invalidTextRepresentation,
];
