import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";

/** A user's query must return no rows. */
export interface ReturnsNoRows extends NamedCheck {
  kind: "returnsNoRows";
  /** One SELECT. Every row is a violation and can be shown, so select only what may be seen. */
  sql: string;
}

/**
 * A check that a query returns no rows.
 *
 * ```ts
 * returnsNoRows("no negative balances", "SELECT id FROM accounts WHERE balance < 0")
 * ```
 */
export function returnsNoRows(
  name: string,
  sql: string,
  options: Omit<CheckOptions, "name"> = {},
): ReturnsNoRows {
  return checkOf({ kind: "returnsNoRows", name, sql }, options);
}

export const returnsNoRowsKind: CheckKind<ReturnsNoRows> = {
  subject: "data",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("returnsNoRows"),
      name: z.string().min(1),
      sql: z.string().min(1),
    })
    .transform(({ name, sql, ...options }) => returnsNoRows(name, sql, options)),
  violations: ({ sql }) => sql,
  isGiven: true,
};
