import { quoteLiteral } from "../../../postgres/text/identifier.ts";
import { CheckDefinitionError } from "../../kind/check-definition-error.ts";

/** A number, or decimal digits if JavaScript would round it: `"9007199254740993.5"`. */
export type Bound = number | string;

/** The least and the greatest allowed value. */
export interface Bounds {
  atLeast?: Bound | undefined;
  atMost?: Bound | undefined;
}

/** A number in SQL, exactly as it was given. */
export function numberLiteral(bound: Bound): string {
  return `${typeof bound === "number" ? bound : quoteLiteral(bound)}::pg_catalog.numeric`;
}

/** The SQL conditions that the bounds put on a numeric expression. */
export function boundConditions(value: string, { atLeast, atMost }: Bounds): string[] {
  return [
    ...(atLeast === undefined ? [] : [`${value} OPERATOR(pg_catalog.>=) ${numberLiteral(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${value} OPERATOR(pg_catalog.<=) ${numberLiteral(atMost)}`]),
  ];
}

/** The expectation as text: `at least 1 and at most 5`. */
export function boundsText(exact: boolean | Bound | undefined, { atLeast, atMost }: Bounds): string {
  return [
    ...(exact === undefined ? [] : [String(exact)]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(" and ");
}

/** Rejects a check that nothing could violate. */
export function refuseNoBound(check: string, members: Readonly<Record<string, unknown>>): void {
  if (Object.values(members).some((bound) => bound !== undefined)) return;
  throw new CheckDefinitionError(check, `it states no expectation. Give ${Object.keys(members).join(", ")}.`);
}

/** Rejects numbers so large that JavaScript may already have rounded them. */
export function refuseRounded(check: string, members: Readonly<Record<string, unknown>>): void {
  const [rounded] = Object.entries(members).filter(([, bound]) => mayBeRounded(bound));
  if (rounded === undefined) return;
  const [member, bound] = rounded;
  throw new CheckDefinitionError(
    check,
    `${member} is ${String(bound)}, and JavaScript rounds numbers of this size. Write its digits as text: "9007199254740993".`,
  );
}

/** True if JavaScript may not distinguish a number from its neighbours. */
export function mayBeRounded(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}
