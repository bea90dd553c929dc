import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { readQuery } from "../../postgres/script/query.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckSession, SessionKind } from "../kind/check-kind.ts";
import { explain } from "./parts/query-plan.ts";

/** The allowed slowdown of a query. */
export interface SpeedTolerance {
  /** The allowed multiple of the time before the run. Default: 1.5. */
  factor?: number | undefined;
  /** Additional allowed time, milliseconds, because short times vary much. Default: 10. */
  graceMs?: number | undefined;
}

/** A run must not make a user's query much slower. The query is really executed, read-only. */
export interface QueryFasterThan extends NamedCheck, SpeedTolerance {
  kind: "queryFasterThan";
  /** One SELECT, with values in place of parameters. */
  sql: string;
}

/**
 * A check that a query does not take much longer than before the run.
 *
 * ```ts
 * queryFasterThan("the start page", "SELECT * FROM gifts ORDER BY at DESC LIMIT 20", { factor: 2 })
 * ```
 */
export function queryFasterThan(
  name: string,
  sql: string,
  options: SpeedTolerance & Omit<CheckOptions, "name"> = {},
): QueryFasterThan {
  const { factor, graceMs } = options;
  return checkOf({ kind: "queryFasterThan", name, sql, factor, graceMs }, options);
}

export const queryFasterThanKind: SessionKind<QueryFasterThan> = {
  subject: "change",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("queryFasterThan"),
      name: z.string().min(1),
      sql: z.string().min(1),
      factor: z.number().positive().optional(),
      graceMs: z.number().nonnegative().optional(),
    })
    .transform(({ name, sql, ...options }) => queryFasterThan(name, sql, options)),
  queries: ({ sql }) => [sql],
  async evaluate({ sql, factor = 1.5, graceMs = 10 }, session) {
    const { query = sql } = await readQuery(sql);
    // The first execution may have to read from disk what the second finds in memory.
    const taken = Math.min(await millisecondsOf(session, query), await millisecondsOf(session, query));
    const observed = { milliseconds: String(taken) };
    const before = session.before?.["milliseconds"];
    const allowed = before == null ? Infinity : Number(before) * factor + graceMs;
    if (before == null || taken <= allowed) return { violations: [], observed };
    const row = { "ms before": before, "ms after": String(taken), "ms allowed": allowed.toFixed(3) };
    return { violations: [row], observed };
  },
};

async function millisecondsOf(session: CheckSession, query: string): Promise<number> {
  return (await explain(session, query, "ANALYZE", "TIMING OFF"))["Execution Time"] ?? 0;
}
