import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { givenQuery } from "./parts/given-sql.ts";

/** A user's query must return at least one row. */
export interface ReturnsRows extends NamedCheck {
  kind: "returnsRows";
  /** One SELECT. Its rows are not shown. */
  sql: string;
}

/**
 * A check that a query returns at least one row.
 *
 * ```ts
 * returnsRows("there is an administrator", "SELECT FROM users WHERE role = 'ADMIN'")
 * ```
 */
export function returnsRows(
  name: string,
  sql: string,
  options: Omit<CheckOptions, "name"> = {},
): ReturnsRows {
  return checkOf({ kind: "returnsRows", name, sql }, options);
}

/** One violation if the query returns no row. */
export const returnsRowsKind: CheckKind<ReturnsRows> = {
  subject: "data",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("returnsRows"),
      name: z.string().min(1),
      sql: z.string().min(1),
    })
    .transform(({ name, sql, ...options }) => returnsRows(name, sql, options)),
  violations: ({ sql }) =>
    `SELECT 'at least one row' AS "expected", 'no row' AS "found" WHERE NOT EXISTS ${givenQuery(sql)}`,
};
