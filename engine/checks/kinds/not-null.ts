import * as z from "zod";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { columnsDefinition, optionsDefinition } from "../kind/check-definition.ts";
import { givenCondition } from "./parts/given-sql.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { columnReference, type Columns, columnsText } from "../kind/column-reference.ts";

/** No row may have a NULL in a column, or in any of several columns. */
export interface NotNull extends NamedCheck {
  kind: "notNull";
  /** The column, or columns, that must have a value: `table.column`. */
  column: Columns;
  /** A condition in SQL over the table's columns; other rows are left out. */
  where?: string | undefined;
}

/** A check that no value is NULL: `notNull("gifts.donorId", { where: "status <> 'DRAFT'" })`. */
export function notNull(
  column: Columns,
  options: CheckOptions & { where?: string | undefined } = {},
): NotNull {
  const name = options.name ?? `no NULL in ${columnsText(column)}`;
  return checkOf({ kind: "notNull", name, column, where: options.where }, options);
}

/** One violation for each row with a NULL, shown by the table's primary key. */
export const notNullKind: CheckKind<NotNull> = {
  subject: "data",
  definition: z
    .strictObject({
      kind: z.literal("notNull"),
      ...optionsDefinition,
      column: columnsDefinition,
      where: z.string().optional(),
    })
    .transform(({ column, ...options }) => notNull(column, options)),
  violations({ name, column, where }) {
    const { table, alias, columns, names } = columnReference(name, column);
    const absent = columns.map((one) => `${one} IS NOT DISTINCT FROM NULL`).join(" OR ");
    const found = columns.map(
      (one, at) => `CASE WHEN ${one} IS NOT DISTINCT FROM NULL THEN ${quoteLiteral(names[at] ?? "")} END`,
    );
    // The key's columns are looked up once, not for each row.
    return `SELECT (SELECT pg_catalog.string_agg(key OPERATOR(pg_catalog.||) ' = ' OPERATOR(pg_catalog.||) (pg_catalog.to_jsonb(${alias}.*) OPERATOR(pg_catalog.->>) key), ', ')
                      FROM pg_catalog.unnest(${primaryKey(table)}) AS "key columns" (key)) AS "key",
                   pg_catalog.concat_ws(', ', ${found.join(", ")}) AS "NULL in"
              FROM ${table} WHERE (${absent})${givenCondition("AND", where)}`;
  },
};

function primaryKey(table: string): string {
  return `ARRAY(SELECT a.attname::pg_catalog.text
                  FROM pg_catalog.pg_index i
                  JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid AND a.attnum OPERATOR(pg_catalog.=) ANY (i.indkey[0:i.indnkeyatts OPERATOR(pg_catalog.-) 1])
                 WHERE i.indisprimary AND i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(table)})
                 ORDER BY a.attnum)`;
}
