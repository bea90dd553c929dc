import { CheckDefinitionError } from "./check-definition-error.ts";

/** When a check is evaluated. */
export const checkTimes = ["before", "inside", "after", "standing"] as const;

/**
 * When a check is evaluated. `before`: before a run, in preview too; a violation stops the run before it begins.
 * `inside`: in the transaction of each migration, before COMMIT; a violation rolls the migration back. `after`: once
 * the run is committed. `standing`: at every up and preview, nothing pending or not.
 */
export type CheckTime = (typeof checkTimes)[number];

/** What every check can say beside what it is about. */
export interface CheckOptions {
  /** By what violations are reported; no two checks share one. Default: made of what the check is about. */
  name?: string | undefined;
  /** Whether a violation stops the deployment or is only told. Default: `fail`. */
  severity?: "fail" | "warn" | undefined;
  /** When it is evaluated. Default: as its kind is documented. */
  when?: readonly CheckTime[] | undefined;
  /** The stacks in which it is evaluated. Default: all. */
  environments?: readonly string[] | undefined;
  /** How long its query may take, milliseconds; then it counts as not evaluated. Default: 30000. */
  timeoutMs?: number | undefined;
  /** Whom to ask about it, or where it is explained; told with its violations. Default: nothing. */
  owner?: string | undefined;
  /** Which columns of offending rows are shown, as data can be personal; none if empty. Default: all that are selected. */
  sampleColumns?: readonly string[] | undefined;
  /** How many violations are known and accepted; the number may only fall. Default: 0. */
  accepts?: number | undefined;
}

/**
 * A check as plain data: the options that were given, and no member that is undefined. Throws a `CheckDefinitionError` if an
 * option is unknown, which would have no effect.
 */
export function checkOf<Kind extends { kind: string; name: string }>(
  own: Kind,
  options: CheckOptions,
): Kind & CheckOptions {
  const { severity, when, environments, timeoutMs, owner, sampleColumns, accepts } = options;
  const common = [
    "name",
    "severity",
    "when",
    "environments",
    "timeoutMs",
    "owner",
    "sampleColumns",
    "accepts",
  ];
  const known = new Set([...Object.keys(own), ...common]);
  const unknown = Object.keys(options).filter((option) => !known.has(option));
  if (unknown.length > 0)
    throw new CheckDefinitionError(
      own.name,
      `${own.kind} has no option ${unknown.join(", ")}; the options are ${[...known].filter((name) => name !== "kind").join(", ")}.`,
    );
  const given = { ...own, severity, when, environments, timeoutMs, owner, sampleColumns, accepts };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given;
}

/** A check has a name in any case. */
export interface NamedCheck extends CheckOptions {
  name: string;
}
