import { z } from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";

/** A query of the user's own that must give no rows. */
export interface ReturnsNoRows extends NamedCheck {
  kind: "returnsNoRows";
  /** One SELECT; every row that it gives is a violation and can be shown, so select only what may be seen. */
  sql: string;
}

/**
 * A check that holds as long as a query gives no rows.
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

/** How the kind is read and how it becomes SQL. */
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
