import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { readQuery } from "../../postgres/script/query.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";
import { explain, scansOf, scanText } from "./parts/query-plan.ts";

/** The planner must choose an index for a user's query. */
export interface QueryUsesIndex extends NamedCheck {
  kind: "queryUsesIndex";
  /** One SELECT, with values in place of parameters. */
  sql: string;
  /** `index` or `schema.index`; that of a partitioned table includes those of its partitions. */
  index: string;
}

/**
 * A check that the planner chooses an index for a query.
 *
 * ```ts
 * queryUsesIndex("a donor's gifts", "SELECT * FROM gifts WHERE donor = 7", { index: "gifts_donor_idx" })
 * ```
 */
export function queryUsesIndex(
  name: string,
  sql: string,
  options: Pick<QueryUsesIndex, "index"> & Omit<CheckOptions, "name">,
): QueryUsesIndex {
  return checkOf({ kind: "queryUsesIndex", name, sql, index: options.index }, options);
}

export const queryUsesIndexKind: SessionKind<QueryUsesIndex> = {
  subject: "plan",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("queryUsesIndex"),
      name: z.string().min(1),
      sql: z.string().min(1),
      index: z.string(),
    })
    .transform(({ name, sql, ...options }) => queryUsesIndex(name, sql, options)),
  queries: (check) => [check.sql, indexesOf(check)],
  async evaluate(check, session) {
    const { query = check.sql } = await readQuery(check.sql);
    // Only VERBOSE shows the schema of a relation, and several schemas can have indexes of one name.
    const scans = scansOf((await explain(session, query, "VERBOSE")).Plan);
    const wanted = await session.rows<IndexPlace>(indexesOf(check));
    const isUsed = scans.some((scan) =>
      wanted.some(({ schema, name }) => scan["Index Name"] === name && scan.Schema === schema),
    );
    if (isUsed) return { violations: [] };
    const row = {
      index: check.index,
      state: wanted.length === 0 ? "missing" : "not used",
      scans: scans.length === 0 ? "none" : [...new Set(scans.map(scanText))].join(", "),
    };
    return { violations: [row] };
  },
};

interface IndexPlace {
  schema: string;
  name: string;
}

/** An index and those attached to it: of partitions, and of their partitions. */
function indexesOf({ name, index }: QueryUsesIndex): string {
  return `WITH RECURSIVE wanted AS (
            SELECT pg_catalog.to_regclass(${quoteLiteral(relationReference(name, index))})::pg_catalog.oid AS oid
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN wanted ON i.inhparent OPERATOR(pg_catalog.=) wanted.oid)
          SELECT n.nspname AS schema, c.relname AS name FROM wanted
            JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) wanted.oid AND c.relkind OPERATOR(pg_catalog.=) ANY ('{i,I}')
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace`;
}
