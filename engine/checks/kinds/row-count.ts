import { z } from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { boundConditions, boundsText, numberLiteral, refuseNoBound } from "./parts/bounds.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";

/** How many rows are expected; at least one of the first three is given. */
export interface RowCountBounds {
  /** So many rows, no more and no less. */
  exactly?: number | undefined;
  /** The least number of rows. Default: none. */
  atLeast?: number | undefined;
  /** The greatest number of rows. Default: none. */
  atMost?: number | undefined;
  /** A condition in SQL over the table's columns; rows that do not meet it are not counted. */
  where?: string | undefined;
}

/** A table must have so many rows. */
export interface RowCount extends NamedCheck, RowCountBounds {
  kind: "rowCount";
  /** `table` or `schema.table`; a view will do. */
  table: string;
}

/** A check that holds while a table has so many rows: `rowCount("currencies", { atLeast: 150 })`. */
export function rowCount(table: string, options: CheckOptions & RowCountBounds): RowCount {
  const { exactly, atLeast, atMost, where } = options;
  const name = options.name ?? `rows of ${table}: ${boundsText(exactly, { atLeast, atMost })}`;
  return checkOf({ kind: "rowCount", name, table, exactly, atLeast, atMost, where }, options);
}

const countDefinition = z.number().int().nonnegative().optional();

/** How the kind is read and how it becomes SQL: one row with the number found. */
export const rowCountKind: CheckKind<RowCount> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("rowCount"),
      ...optionsDefinition,
      table: z.string(),
      exactly: countDefinition,
      atLeast: countDefinition,
      atMost: countDefinition,
      where: z.string().optional(),
    })
    .transform(({ table, ...options }) => rowCount(table, options)),
  violations({ name, table, exactly, atLeast, atMost, where }) {
    refuseNoBound(name, { exactly, atLeast, atMost });
    const conditions = [
      ...(exactly === undefined ? [] : [`found OPERATOR(pg_catalog.=) ${numberLiteral(exactly)}`]),
      ...boundConditions("found", { atLeast, atMost }),
    ];
    return `SELECT found AS "found", ${quoteLiteral(boundsText(exactly, { atLeast, atMost }))} AS "expected"
              FROM (SELECT pg_catalog.count(*) AS found FROM ${relationReference(name, table)}${givenCondition("WHERE", where)}) AS counted
             WHERE NOT (${conditions.join(" AND ")})`;
  },
};
