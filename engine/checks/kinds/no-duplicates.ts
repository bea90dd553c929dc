import * as z from "zod";
import { columnsDefinition, optionsDefinition } from "../kind/check-definition.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { columnReference, type Columns, columnsText } from "../kind/column-reference.ts";

/** No two rows may have the same value in a column, or the same values in several columns. */
export interface NoDuplicates extends NamedCheck {
  kind: "noDuplicates";
  /** The column, or columns, that identify a row: `table.column`. Rows with a NULL in one of them never collide. */
  column: Columns;
  /** A condition in SQL over the table's columns; other rows are left out. */
  where?: string | undefined;
}

/** A check that all values differ: `noDuplicates(["escrows.targetId", "escrows.currency"])`. */
export function noDuplicates(
  column: Columns,
  options: CheckOptions & { where?: string | undefined } = {},
): NoDuplicates {
  const name = options.name ?? `no duplicates in ${columnsText(column)}`;
  return checkOf({ kind: "noDuplicates", name, column, where: options.where }, options);
}

/** One violation for each value that occurs more than once. */
export const noDuplicatesKind: CheckKind<NoDuplicates> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("noDuplicates"),
      ...optionsDefinition,
      column: columnsDefinition,
      where: z.string().optional(),
    })
    .transform(({ column, ...options }) => noDuplicates(column, options)),
  violations({ name, column, where }) {
    const { table, columns } = columnReference(name, column);
    const present = columns.map((one) => `${one} IS NOT NULL`).join(" AND ");
    return `SELECT ${columns.join(", ")}, pg_catalog.count(*) AS "rows" FROM ${table}
             WHERE ${present}${givenCondition("AND", where)} GROUP BY ${columns.join(", ")} HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1`;
  },
};
