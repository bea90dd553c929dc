import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { boundConditions, boundsText, numberLiteral, refuseNoBound } from "./parts/bounds.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";

/** The expected number of rows; at least one of the first three members is given. */
export interface RowCountBounds {
  /** The exact number of rows. */
  exactly?: number | undefined;
  /** The least number of rows. Default: none. */
  atLeast?: number | undefined;
  /** The greatest number of rows. Default: none. */
  atMost?: number | undefined;
  /** A condition in SQL over the table's columns; other rows are not counted. */
  where?: string | undefined;
}

/** A table's number of rows must be within bounds. */
export interface RowCount extends NamedCheck, RowCountBounds {
  kind: "rowCount";
  /** `table` or `schema.table`; a view is accepted. */
  table: string;
}

/** A check on the number of a table's rows: `rowCount("currencies", { atLeast: 150 })`. */
export function rowCount(table: string, options: CheckOptions & RowCountBounds): RowCount {
  const { exactly, atLeast, atMost, where } = options;
  const name = options.name ?? `rows of ${table}: ${boundsText(exactly, { atLeast, atMost })}`;
  return checkOf({ kind: "rowCount", name, table, exactly, atLeast, atMost, where }, options);
}

const countDefinition = z.number().int().nonnegative().optional();

/** One violation, with the number found. */
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
