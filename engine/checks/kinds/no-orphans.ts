import * as z from "zod";
import { columnsDefinition, optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { type Columns, columnsText, pairedColumns } from "../kind/column-reference.ts";

/** Every value of a column must occur in another table. */
export interface NoOrphans extends NamedCheck {
  kind: "noOrphans";
  /** The referencing column, or columns: `table.column`. Rows with a NULL in one of them refer to nothing. */
  column: Columns;
  /** The referenced column, or columns, in the same order. */
  references: Columns;
}

/** A check that no row refers to a missing one: `noOrphans("escrows.targetId", "targets.id")`. */
export function noOrphans(column: Columns, references: Columns, options: CheckOptions = {}): NoOrphans {
  const name = options.name ?? `no orphans in ${columnsText(column)}`;
  return checkOf({ kind: "noOrphans", name, column, references }, options);
}

export const noOrphansKind: CheckKind<NoOrphans> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("noOrphans"),
      ...optionsDefinition,
      column: columnsDefinition,
      references: columnsDefinition,
    })
    .transform(({ column, references, ...options }) => noOrphans(column, references, options)),
  compared: ({ name, column, references }) => pairedColumns(name, column, references),
  violations({ name, column, references }, equal) {
    const [from, to] = pairedColumns(name, column, references);
    const shown = from.columns.map((one) => `${from.alias}.${one}`).join(", ");
    const present = from.columns.map((one) => `${from.alias}.${one} IS NOT NULL`).join(" AND ");
    const matches = from.columns
      .map((one, at) => `${referenced}.${to.columns[at] ?? ""} ${equal(at)} ${from.alias}.${one}`)
      .join(" AND ");
    return `SELECT ${shown} FROM ${from.table} AS ${from.alias}
             WHERE ${present} AND NOT EXISTS (SELECT FROM ${to.table} AS ${referenced} WHERE ${matches})`;
  },
};

/** Not the table's own name, because a table can refer to itself. */
const referenced = '"referenced row"';
