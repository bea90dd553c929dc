import { z } from "zod";
import { columnsDefinition, nameDefinition } from "./check-definition.ts";
import type { CheckKind, Columns } from "./check.ts";
import { columnsText, pairedColumns } from "./column-reference.ts";

/** Every value of a column must occur in another table. */
export interface NoOrphans {
  kind: "noOrphans";
  name: string;
  /** The referencing column, or columns: `table.column`. Rows in which one of them is NULL refer to nothing. */
  column: Columns;
  /** The referenced column, or columns, in the same order. */
  references: Columns;
}

/** A check that holds while no row refers to a missing one: `noOrphans("escrows.targetId", "targets.id")`. */
export function noOrphans(
  column: Columns,
  references: Columns,
  options: { name?: string | undefined } = {},
): NoOrphans {
  const name = options.name ?? `no orphans in ${columnsText(column)}`;
  return { kind: "noOrphans", name, column, references };
}

/** How the kind is read and how it becomes SQL. */
export const noOrphansKind: CheckKind<NoOrphans> = {
  definition: z
    .strictObject({
      kind: z.literal("noOrphans"),
      name: nameDefinition,
      column: columnsDefinition,
      references: columnsDefinition,
    })
    .transform(({ column, references, name }) => noOrphans(column, references, { name })),
  violations({ name, column, references }) {
    const [from, to] = pairedColumns(name, column, references);
    const shown = from.columns.map((one) => `${from.alias}.${one}`).join(", ");
    const present = from.columns.map((one) => `${from.alias}.${one} IS NOT NULL`).join(" AND ");
    const equal = from.columns
      .map((one, at) => `${referenced}.${to.columns[at] ?? ""} = ${from.alias}.${one}`)
      .join(" AND ");
    return `SELECT ${shown} FROM ${from.table} AS ${from.alias}
             WHERE ${present} AND NOT EXISTS (SELECT FROM ${to.table} AS ${referenced} WHERE ${equal})`;
  },
};

/** Not the table's own name, since a table can refer to itself. */
const referenced = '"referenced row"';
