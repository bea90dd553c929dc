import * as z from "zod";
import { optionsDefinition, boundDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import {
  type Bound,
  boundConditions,
  type Bounds,
  boundsText,
  numberLiteral,
  refuseNoBound,
  refuseRounded,
} from "./parts/bounds.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { givenQuery } from "./parts/given-sql.ts";

/** The bounds of a single value; at least one of the three is given. */
export interface ScalarBounds extends Bounds {
  /** The value. A number from the server is compared by value, anything else as the text that it writes. */
  equals?: boolean | Bound | undefined;
  /** The least allowed value. Default: none. */
  atLeast?: Bound | undefined;
  /** The greatest allowed value. Default: none. */
  atMost?: Bound | undefined;
}

/** A user's query must return one value, within bounds. */
export interface Scalar extends NamedCheck, ScalarBounds {
  kind: "scalar";
  /** One SELECT of one row with one column, which is not NULL. */
  sql: string;
}

/**
 * A check that the single value of a query is within bounds.
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

/** One violation, with the value found. */
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
    const bounds = { atLeast, atMost };
    refuseNoBound(name, { equals, ...bounds });
    refuseRounded(name, { equals, ...bounds });
    const conditions = [
      ...(equals === undefined ? [] : [equalCondition(equals)]),
      ...boundConditions("number", bounds),
    ];
    const why = atLeast === undefined && atMost === undefined ? "''" : whyNoNumber;
    // No quote follows the query, so that the server reports an unclosed one as such. Several columns are refused
    // because the result is used as a value.
    return `SELECT found AS "found", expected AS "expected"
              FROM (SELECT CASE WHEN rows OPERATOR(pg_catalog.=) 0 THEN 'no row' WHEN rows OPERATOR(pg_catalog.=) 1 THEN coalesce(value OPERATOR(pg_catalog.||) ${why}, 'NULL')
                                     ELSE 'several rows' END AS found,
                           ${quoteLiteral(boundsText(equals, bounds))} AS expected,
                           CASE WHEN rows OPERATOR(pg_catalog.=) 1 THEN ${conditions.join(" AND ")} END AS holds
                      FROM (SELECT rows, value, type, ${exactNumber} AS number
                              FROM (WITH answer AS MATERIALIZED (SELECT * FROM ${givenQuery(sql)} AS answer LIMIT 2)
                                    SELECT (SELECT pg_catalog.count(*) FROM answer) AS rows,
                                           given::pg_catalog.text AS value, pg_catalog.pg_typeof(given) AS type,
                                           pg_catalog.json_typeof(pg_catalog.to_json(given)) AS json_type
                                      FROM (SELECT (SELECT * FROM answer LIMIT 1) AS given) AS first) AS given) AS read) AS compared
             WHERE holds IS NOT TRUE`;
  },
};

/**
 * The value as a number; NULL if it is not one. JSON recognizes numbers, domains over domains included, and accepts
 * neither infinity nor NaN, which PostgreSQL puts above every number. A text of digits is a text.
 */
const exactNumber = `CASE WHEN json_type OPERATOR(pg_catalog.=) 'number' THEN value::pg_catalog.numeric
                          WHEN type OPERATOR(pg_catalog.=) 'pg_catalog.money'::pg_catalog.regtype
                          THEN value::pg_catalog.money::pg_catalog.numeric END`;

/** Appended to a value that cannot be compared with a bound, unless the value explains itself. */
const whyNoNumber = `CASE WHEN number IS NULL AND value OPERATOR(pg_catalog.<>) ALL ('{"NaN","Infinity","-Infinity"}')
                          THEN ' (' OPERATOR(pg_catalog.||) type::pg_catalog.text OPERATOR(pg_catalog.||) ', not a number)' ELSE '' END`;

function equalCondition(equals: boolean | Bound): string {
  const equalText = `value OPERATOR(pg_catalog.=) ${quoteLiteral(String(equals))}`;
  if (typeof equals === "boolean" || !boundDefinition.safeParse(equals).success) return equalText;
  // So that "12.0" equals a bigint 12, but equals a text only if it is "12.0".
  return `CASE WHEN number IS NULL THEN ${equalText} ELSE number OPERATOR(pg_catalog.=) ${numberLiteral(equals)} END`;
}
