import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";

/** The allowed change of the number of rows. */
export interface RowCountTolerance {
  /** The greatest growth or loss, in rows. Default: 0. */
  atMost?: number | undefined;
  /** A condition in SQL over the table's columns; other rows are not counted. */
  where?: string | undefined;
}

/** A run must not change the number of a table's rows by more than a limit. */
export interface RowCountChange extends NamedCheck, RowCountTolerance {
  kind: "rowCountChange";
  /** `table` or `schema.table`; a view is accepted. */
  table: string;
}

/** A check that a run keeps the number of rows, or nearly: `rowCountChange("users", { atMost: 10 })`. */
export function rowCountChange(
  table: string,
  options: CheckOptions & RowCountTolerance = {},
): RowCountChange {
  const { atMost, where } = options;
  const isFixed = atMost === undefined || atMost === 0;
  const name = options.name ?? `rows of ${table} ${isFixed ? "stay" : `change by at most ${atMost}`}`;
  return checkOf({ kind: "rowCountChange", name, table, atMost, where }, options);
}

export const rowCountChangeKind: SessionKind<RowCountChange> = {
  subject: "change",
  definition: z
    .strictObject({
      kind: z.literal("rowCountChange"),
      ...optionsDefinition,
      table: z.string(),
      atMost: z.number().int().nonnegative().optional(),
      where: z.string().optional(),
    })
    .transform(({ table, ...options }) => rowCountChange(table, options)),
  queries: (check) => [countOf(check)],
  async evaluate(check, session) {
    const [{ rows } = { rows: "0" }] = await session.rows<{ rows: string }>(countOf(check));
    const before = session.before?.["rows"] ?? rows;
    const change = Number(BigInt(rows) - BigInt(before));
    const row = {
      "rows before": before,
      "rows after": rows,
      "allowed change": String(check.atMost ?? 0),
    };
    return { violations: Math.abs(change) > (check.atMost ?? 0) ? [row] : [], observed: { rows } };
  },
};

function countOf({ name, table, where }: RowCountChange): string {
  return `SELECT pg_catalog.count(*)::pg_catalog.text AS rows FROM ${relationReference(name, table)}${givenCondition("WHERE", where)}`;
}
