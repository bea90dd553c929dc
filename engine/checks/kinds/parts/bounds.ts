import { quoteLiteral } from "../../../postgres/text/identifier.ts";
import { CheckDefinitionError } from "../../kind/check-definition-error.ts";

/** A number; as decimal digits where JavaScript would round it: `"9007199254740993.5"`. */
export type Bound = number | string;

/** The least and the greatest value that are allowed. */
export interface Bounds {
  atLeast?: Bound | undefined;
  atMost?: Bound | undefined;
}

/** A number in SQL, exactly as it was given. */
export function numberLiteral(bound: Bound): string {
  return `${typeof bound === "number" ? bound : quoteLiteral(bound)}::pg_catalog.numeric`;
}

/** The conditions on a numeric expression that the bounds make. */
export function boundConditions(value: string, { atLeast, atMost }: Bounds): string[] {
  return [
    ...(atLeast === undefined ? [] : [`${value} OPERATOR(pg_catalog.>=) ${numberLiteral(atLeast)}`]),
    ...(atMost === undefined ? [] : [`${value} OPERATOR(pg_catalog.<=) ${numberLiteral(atMost)}`]),
  ];
}

/** What is expected, in words: `at least 1 and at most 5`. */
export function boundsText(exact: boolean | Bound | undefined, { atLeast, atMost }: Bounds): string {
  return [
    ...(exact === undefined ? [] : [String(exact)]),
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(" and ");
}

/** Refuses a check that nothing could violate. */
export function refuseNoBound(check: string, members: Readonly<Record<string, unknown>>): void {
  if (Object.values(members).some((bound) => bound !== undefined)) return;
  throw new CheckDefinitionError(
    check,
    `it says nothing about what is expected. Give ${Object.keys(members).join(", ")}.`,
  );
}

/** Refuses numbers so large that JavaScript may have rounded them before anybody could look. */
export function refuseRounded(check: string, members: Readonly<Record<string, unknown>>): void {
  const [rounded] = Object.entries(members).filter(([, bound]) => mayBeRounded(bound));
  if (rounded === undefined) return;
  const [member, bound] = rounded;
  throw new CheckDefinitionError(
    check,
    `${member} is ${String(bound)}, and JavaScript rounds numbers of this size. Write its digits as text: "9007199254740993".`,
  );
}

/** Whether a number is beyond those that JavaScript tells apart from their neighbours. */
export function mayBeRounded(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}
