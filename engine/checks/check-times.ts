import { kindOf } from "./check-kinds.ts";
import type { CheckTime } from "./kind/check-options.ts";
import type { Check } from "./check.ts";
import type { CheckKind } from "./kind/check-kind.ts";

type Subject = CheckKind<Check>["subject"];

/** The default times of a check, by its subject. */
const defaults: Record<Subject, readonly CheckTime[]> = {
  data: ["before", "inside", "standing"],
  schema: ["inside", "standing"],
  // In the transaction that builds an index or changes many rows, the server may plan otherwise than afterwards.
  plan: ["standing"],
  change: ["inside"],
  writes: ["inside"],
  outside: ["after"],
  folder: ["after"],
};

/** The times at which checks can be evaluated: preview writes nothing, and a change is only visible during a run. */
const possible: Record<Subject, readonly CheckTime[]> = {
  data: ["before", "inside", "after", "standing"],
  schema: ["before", "inside", "after", "standing"],
  plan: ["before", "inside", "after", "standing"],
  change: ["inside"],
  writes: ["inside", "after"],
  outside: ["after", "standing"],
  folder: ["after", "standing"],
};

export function timesOf(check: Check): readonly CheckTime[] {
  const { times, subject } = kindOf(check);
  return check.when ?? times ?? defaults[subject];
}

/** A time that a check names although its kind cannot be evaluated then; undefined if there is none. */
export function impossibleTimeOf(check: Check): CheckTime | undefined {
  return check.when?.find((time) => !possible[kindOf(check).subject].includes(time));
}

export function checksAt(checks: readonly Check[], ...times: readonly CheckTime[]): Check[] {
  return checks.filter((check) => timesOf(check).some((time) => times.includes(time)));
}

/** The checks on tables and their content, which also make sense in a copy of the database. */
export function checksOfDatabase(checks: readonly Check[]): Check[] {
  return checks.filter((check) => ["data", "schema"].includes(kindOf(check).subject));
}

/** The checks that write, and undo it. */
export function checksThatWrite(checks: readonly Check[]): Check[] {
  return checks.filter((check) => kindOf(check).subject === "writes");
}

/** The checks that compare with the state before a run, so they need a run of this package. */
export function checksThatCompare(checks: readonly Check[]): Check[] {
  return checks.filter((check) => kindOf(check).subject === "change");
}
