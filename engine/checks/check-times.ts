import { kindOf } from "./check-kinds.ts";
import type { CheckTime } from "./kind/check-options.ts";
import type { Check } from "./check.ts";
import type { CheckKind } from "./kind/check-kind.ts";

type Subject = CheckKind<Check>["subject"];

/** When checks are evaluated that do not say so themselves. */
const defaults: Record<Subject, readonly CheckTime[]> = {
  data: ["before", "inside", "standing"],
  schema: ["inside", "standing"],
  // Within the transaction that builds an index, or changes much, the server may not use what it will use afterwards.
  plan: ["standing"],
  change: ["inside"],
  writes: ["inside"],
  outside: ["after"],
  folder: ["after"],
};

/** When checks can be evaluated at all: preview writes nothing, and a change can only be seen during a run. */
const possible: Record<Subject, readonly CheckTime[]> = {
  data: ["before", "inside", "after", "standing"],
  schema: ["before", "inside", "after", "standing"],
  plan: ["before", "inside", "after", "standing"],
  change: ["inside"],
  writes: ["inside", "after"],
  outside: ["after", "standing"],
  folder: ["after", "standing"],
};

/** When a check is evaluated. */
export function timesOf(check: Check): readonly CheckTime[] {
  const { times, subject } = kindOf(check);
  return check.when ?? times ?? defaults[subject];
}

/** The time that a check names though its kind cannot be evaluated then; undefined where all are possible. */
export function impossibleTimeOf(check: Check): CheckTime | undefined {
  return check.when?.find((time) => !possible[kindOf(check).subject].includes(time));
}

/** The checks that are evaluated at one of these times. */
export function checksAt(checks: readonly Check[], ...times: readonly CheckTime[]): Check[] {
  return checks.filter((check) => timesOf(check).some((time) => times.includes(time)));
}

/** The checks that look at tables and what is in them: those that also mean something in a copy of the database. */
export function checksOfDatabase(checks: readonly Check[]): Check[] {
  return checks.filter((check) => ["data", "schema"].includes(kindOf(check).subject));
}

/** The checks that write something, which is undone. */
export function checksThatWrite(checks: readonly Check[]): Check[] {
  return checks.filter((check) => kindOf(check).subject === "writes");
}

/** The checks that compare with before a run, and so only mean something in a run of this package. */
export function checksThatCompare(checks: readonly Check[]): Check[] {
  return checks.filter((check) => kindOf(check).subject === "change");
}
