import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { readQuery } from "../../postgres/script/query.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { explain } from "./parts/query-plan.ts";

/** The planner's estimated cost of a user's query must not exceed a limit. */
export interface QueryCostBelow extends NamedCheck {
  kind: "queryCostBelow";
  /** One SELECT, with values in place of parameters. */
  sql: string;
  /** The greatest allowed total cost, in the planner's units. */
  cost: number;
}

/**
 * A check that the plan of a query does not cost more than a limit.
 *
 * ```ts
 * queryCostBelow("the start page", "SELECT * FROM gifts ORDER BY at DESC LIMIT 20", { cost: 500 })
 * ```
 */
export function queryCostBelow(
  name: string,
  sql: string,
  options: Pick<QueryCostBelow, "cost"> & Omit<CheckOptions, "name">,
): QueryCostBelow {
  return checkOf({ kind: "queryCostBelow", name, sql, cost: options.cost }, options);
}

export const queryCostBelowKind: SessionKind<QueryCostBelow> = {
  subject: "plan",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("queryCostBelow"),
      name: z.string().min(1),
      sql: z.string().min(1),
      cost: z.number().positive(),
    })
    .transform(({ name, sql, ...options }) => queryCostBelow(name, sql, options)),
  queries: ({ sql }) => [sql],
  async evaluate({ sql, cost: limit }, session) {
    const { query = sql } = await readQuery(sql);
    const { "Total Cost": cost } = (await explain(session, query)).Plan;
    return { violations: cost <= limit ? [] : [{ cost: String(cost), limit: String(limit) }] };
  },
};
