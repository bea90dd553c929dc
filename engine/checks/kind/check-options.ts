import { CheckDefinitionError } from "./check-definition-error.ts";

export const checkTimes = ["before", "inside", "after", "standing"] as const;

/**
 * When a check is evaluated. `before`: before a run, in preview too; a violation prevents the run. `inside`: in the
 * transaction of each migration, before COMMIT; a violation rolls the migration back. `after`: after the run is
 * committed. `standing`: at every up and preview, whether or not migrations are pending.
 */
export type CheckTime = (typeof checkTimes)[number];

/** The options of every check. */
export interface CheckOptions {
  /** The unique name in reports. Default: derived from the definition. */
  name?: string | undefined;
  /** `fail`: a violation stops the deployment. `warn`: it is only reported. Default: `fail`. */
  severity?: "fail" | "warn" | undefined;
  /** When it is evaluated. Default: as documented for its kind. */
  when?: readonly CheckTime[] | undefined;
  /** The stacks in which it is evaluated. Default: all. */
  environments?: readonly string[] | undefined;
  /** The time limit of its query, milliseconds; beyond it, the check counts as not evaluated. Default: 30000. */
  timeoutMs?: number | undefined;
  /** A contact or an explanation, shown with violations. Default: none. */
  owner?: string | undefined;
  /**
   * The columns of offending rows that are shown, because data can be personal; none if empty. Default: all selected
   * columns.
   */
  sampleColumns?: readonly string[] | undefined;
  /** The number of known, accepted violations. It may only fall. Default: 0. */
  accepts?: number | undefined;
}

/**
 * A check as plain data, with the given options and without undefined members. Throws a `CheckDefinitionError` for an
 * unknown option, which would have no effect.
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

/** A check whose name is known. */
export interface NamedCheck extends CheckOptions {
  name: string;
}
