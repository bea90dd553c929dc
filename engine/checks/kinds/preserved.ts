import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { readQuery } from "../../postgres/script/query.ts";
import { givenQuery } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";

/** The result of a user's query must be the same after a run as before it. */
export interface Preserved extends NamedCheck {
  kind: "preserved";
  /** One SELECT; the order of its rows does not matter, and none of them is shown. */
  sql: string;
}

/**
 * A check that a run does not change the result of a query.
 *
 * ```ts
 * preserved("balances", "SELECT account, sum(amount) FROM entries GROUP BY account")
 * ```
 */
export function preserved(name: string, sql: string, options: Omit<CheckOptions, "name"> = {}): Preserved {
  return checkOf({ kind: "preserved", name, sql }, options);
}

export const preservedKind: SessionKind<Preserved> = {
  subject: "change",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("preserved"),
      name: z.string().min(1),
      sql: z.string().min(1),
    })
    .transform(({ name, sql, ...options }) => preserved(name, sql, options)),
  queries: ({ sql }) => [sql],
  async evaluate({ sql }, session) {
    const { query = sql } = await readQuery(sql);
    const [now] = await session.rows<{ rows: string; digest: string }>(digestOf(query));
    const { before } = session;
    if (before === undefined || (before["rows"] === now?.rows && before["digest"] === now?.digest))
      return { violations: [], observed: now };
    const row = {
      "rows before": before["rows"] ?? null,
      "rows after": now?.rows ?? null,
      contents: "differ",
    };
    return { violations: [row], observed: now };
  },
};

/**
 * A sum does not depend on the order of the rows and, unlike an exclusive or, does not lose a row that occurs twice.
 * Two hashes of 64 bits, because md5 is not available everywhere.
 */
function digestOf(query: string): string {
  const sum = (seed: number): string => `pg_catalog.sum(pg_catalog.hashtextextended(content, ${seed}))`;
  return `SELECT pg_catalog.count(*)::pg_catalog.text AS rows, pg_catalog.concat_ws(' ', ${sum(0)}, ${sum(1)}) AS digest
            FROM (SELECT (answer.*)::pg_catalog.text AS content FROM ${givenQuery(query)} AS answer) AS contents`;
}
