import { PgMigrationsError } from "../error.ts";
import { sqlstate } from "../postgres/sqlstate.ts";
import type { CheckResult } from "./check.ts";

/** Checks do not hold on the live data that have to hold before a run; nothing was changed. */
export class PreconditionError extends PgMigrationsError {
  /** The checks that do not hold. */
  readonly violated: readonly CheckResult[];

  constructor(violated: readonly CheckResult[], report: string) {
    super("PRECONDITION_VIOLATED", report);
    this.violated = violated;
  }
}

/**
 * The checks that stop a run before it begins. One that cannot be evaluated for want of a table or column stops nobody, as
 * the run may be about to create it.
 */
export function brokenPreconditions(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(
    ({ when, severity, outcome, error }) =>
      when.includes("before") &&
      severity === "fail" &&
      outcome !== "holds" &&
      !(outcome === "unknown" && isMissing(error?.sqlstate)),
  );
}

const missing: readonly (string | undefined)[] = [
  sqlstate.undefinedTable,
  sqlstate.undefinedColumn,
  sqlstate.undefinedFunction,
  sqlstate.undefinedObject,
  sqlstate.undefinedSchema,
];

function isMissing(code: string | undefined): boolean {
  return missing.includes(code);
}
