import { z } from "zod";
import { optionsDefinition, boundDefinition } from "./check-definition.ts";
import { quoteLiteral } from "../postgres/identifier.ts";
import {
  type Bound,
  boundConditions,
  type Bounds,
  boundsText,
  numberLiteral,
  refuseNoBound,
} from "./bounds.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "./check-options.ts";
import type { CheckKind } from "./check.ts";
import { enclosedQuery } from "./enclosed-query.ts";

/** What a single value is compared with; at least one of the three is given. */
export interface ScalarBounds extends Bounds {
  /** The value: a number is compared as a number, anything else as the text that the server writes. */
  equals?: boolean | Bound | undefined;
  /** The least value that is allowed. Default: none. */
  atLeast?: Bound | undefined;
  /** The greatest value that is allowed. Default: none. */
  atMost?: Bound | undefined;
}

/** A query of the user's own must give one value, within bounds. */
export interface Scalar extends NamedCheck, ScalarBounds {
  kind: "scalar";
  /** One SELECT of one row with one column, which is not NULL. */
  sql: string;
}

/**
 * A check that holds while the one value that a query gives is within bounds.
 *
 * ```ts
 * scalar("the books balance", "SELECT sum(amount) FROM entries", { equals: 0 })
 * ```
 */
export function scalar(
  name: string,
  sql: string,
  options: ScalarBounds & Omit<CheckOptions, "name">,
): Scalar {
  const { equals, atLeast, atMost } = options;
  return checkOf({ kind: "scalar", name, sql, equals, atLeast, atMost }, options);
}

/** How the kind is read and how it becomes SQL: one row with the value found. */
export const scalarKind: CheckKind<Scalar> = {
  subject: "data",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("scalar"),
      name: z.string().min(1),
      sql: z.string().min(1),
      equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
      atLeast: boundDefinition.optional(),
      atMost: boundDefinition.optional(),
    })
    .transform(({ name, sql, ...options }) => scalar(name, sql, options)),
  violations({ name, sql, equals, atLeast, atMost }) {
    refuseNoBound(name, { equals, atLeast, atMost });
    const conditions = [
      ...(equals === undefined ? [] : [equalCondition(equals)]),
      ...boundConditions(numericValue, { atLeast, atMost }),
    ];
    // No quote follows the query, so that one it leaves open is told as such. What refuses several columns is that the
    // answer is a value here.
    return `SELECT found AS "found", expected AS "expected"
              FROM (SELECT CASE rows WHEN 0 THEN 'no row' WHEN 1 THEN coalesce(value, 'NULL')
                                     ELSE 'several rows' END AS found,
                           ${quoteLiteral(boundsText(equals, { atLeast, atMost }))} AS expected,
                           CASE WHEN rows = 1 THEN ${conditions.join(" AND ")} END AS holds
                      FROM (WITH answer AS MATERIALIZED (SELECT * FROM ${enclosedQuery(sql)} AS answer LIMIT 2)
                            SELECT (SELECT pg_catalog.count(*) FROM answer) AS rows,
                                   (SELECT * FROM answer LIMIT 1)::pg_catalog.text AS value,
                                   pg_catalog.pg_typeof((SELECT * FROM answer LIMIT 1)) AS type) AS given) AS compared
             WHERE holds IS NOT TRUE`;
  },
};

/** PostgreSQL has NaN above every number; here it is within no bounds. */
const numericValue = "nullif(value::pg_catalog.numeric, 'NaN')";

function equalCondition(equals: boolean | Bound): string {
  if (typeof equals === "number") return `${numericValue} = ${numberLiteral(equals)}`;
  const equalText = `value = ${quoteLiteral(String(equals))}`;
  if (!boundDefinition.safeParse(equals).success) return equalText;
  // So that "12.5" equals a numeric 12.50, and yet a text only "12.5".
  return `CASE WHEN type = ANY ('{numeric,real,"double precision"}'::pg_catalog.regtype[])
               THEN ${numericValue} = ${numberLiteral(String(equals))} ELSE ${equalText} END`;
}
