import * as z from "zod";
import { columnsDefinition, optionsDefinition } from "../kind/check-definition.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { type Columns, columnsText, pairedColumns } from "../kind/column-reference.ts";

/** Exactly one row of one table must refer to each row of another. */
export interface ExactlyOne extends NamedCheck {
  kind: "exactlyOne";
  /** The referring column, or columns: `table.column`. */
  column: Columns;
  /** The column, or columns, referred to, in the same order. */
  of: Columns;
  /** A condition in SQL over the columns of the table referred to; other rows are left out. */
  where?: string | undefined;
}

/**
 * A check that each row has exactly one counterpart, for example one escrow for each approved target.
 *
 * ```ts
 * exactlyOne("escrows.targetId", "targets.id", { where: "status = 'APPROVED'" })
 * ```
 */
export function exactlyOne(
  column: Columns,
  of: Columns,
  options: CheckOptions & { where?: string | undefined } = {},
): ExactlyOne {
  const name = options.name ?? `exactly one ${columnsText(column)} for each ${columnsText(of)}`;
  return checkOf({ kind: "exactlyOne", name, column, of, where: options.where }, options);
}

/** One violation for each row with no counterpart or more than one. */
export const exactlyOneKind: CheckKind<ExactlyOne> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("exactlyOne"),
      ...optionsDefinition,
      column: columnsDefinition,
      of: columnsDefinition,
      where: z.string().optional(),
    })
    .transform(({ column, of, ...options }) => exactlyOne(column, of, options)),
  compared: ({ name, column, of }) => pairedColumns(name, column, of),
  violations({ name, column, of, where }, equal) {
    const [from, to] = pairedColumns(name, column, of);
    // Counted before the join, so that the referring table is read once.
    const keys = from.columns.map((one, at) => `${one} AS key${at}`).join(", ");
    const matches = to.columns
      .map((one, at) => `${counted}.key${at} ${equal(at)} ${to.alias}.${one}`)
      .join(" AND ");
    const shown = to.columns.map((one) => `${to.alias}.${one}`).join(", ");
    return `SELECT ${shown}, coalesce(${counted}.occurrences, 0) AS "found"
              FROM (SELECT * FROM ${to.table}${givenCondition("WHERE", where)}) AS ${to.alias}
              LEFT JOIN (SELECT ${keys}, pg_catalog.count(*) AS occurrences FROM ${from.table}
                          GROUP BY ${from.columns.join(", ")}) AS ${counted} ON ${matches}
             WHERE coalesce(${counted}.occurrences, 0) OPERATOR(pg_catalog.<>) 1`;
  },
};

/** A name that the table referred to is unlikely to have. */
const counted = '"counted rows"';
