import { PgMigrationsError } from "../error.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
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
 * The checks that stop a run before it begins: those of `before` that do not hold, and those that cannot be evaluated,
 * unless that is for want of what the run may be about to create.
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
 * Whether a check cannot be evaluated as something that it names is missing. One that is evaluated after the run as well
 * counts then; of one that is not, only a missing table is believed to be yet to be created.
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
  // A value that an enumerated type is yet to be given.
  sqlstate.invalidTextRepresentation,
];
