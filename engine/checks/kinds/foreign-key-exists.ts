import * as z from "zod";
import { columnsDefinition, optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { type ColumnReference, type Columns, columnsText, pairedColumns } from "../kind/column-reference.ts";

/** A foreign key must exist and be validated. */
export interface ForeignKeyExists extends NamedCheck {
  kind: "foreignKeyExists";
  /** The referencing column, or columns: `table.column`. */
  column: Columns;
  /** The referenced column, or columns, in the same order. */
  references: Columns;
}

/** A check that a validated foreign key exists: `foreignKeyExists("gifts.donorId", "donors.id")`. */
export function foreignKeyExists(
  column: Columns,
  references: Columns,
  options: CheckOptions = {},
): ForeignKeyExists {
  const name = options.name ?? `foreign key ${columnsText(column)} -> ${columnsText(references)} exists`;
  return checkOf({ kind: "foreignKeyExists", name, column, references }, options);
}

/**
 * A key that was added NOT VALID and never validated is a violation. So is one whose triggers are disabled, as an
 * import may leave them.
 */
export const foreignKeyExistsKind: CheckKind<ForeignKeyExists> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("foreignKeyExists"),
      ...optionsDefinition,
      column: columnsDefinition,
      references: columnsDefinition,
    })
    .transform(({ column, references, ...options }) => foreignKeyExists(column, references, options)),
  violations({ name, column, references }) {
    const [from, to] = pairedColumns(name, column, references);
    return `SELECT ${quoteLiteral(columnsText(column))} AS "column",
                   ${quoteLiteral(columnsText(references))} AS "references",
                   CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.=) 0 THEN 'missing'
                        WHEN NOT pg_catalog.bool_or(convalidated) THEN 'not validated'
                        ELSE 'its triggers are disabled' END AS "foreign key"
              FROM (SELECT k.*, NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t
                                             WHERE t.tgconstraint OPERATOR(pg_catalog.=) k.oid AND t.tgenabled OPERATOR(pg_catalog.=) 'D') AS enforced
                      FROM pg_catalog.pg_constraint k) AS keys
             WHERE contype OPERATOR(pg_catalog.=) 'f'
               AND conrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(from.table)})
               AND confrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(to.table)})
               AND ${pairs("conkey", "confkey")} OPERATOR(pg_catalog.=) ${pairs(columnNumbers(from), columnNumbers(to))}
            HAVING coalesce(pg_catalog.bool_or(convalidated AND enforced), false) OPERATOR(pg_catalog.=) false`;
  },
};

/** The pairs of columns, sorted, because the key may have been declared in any order. */
function pairs(from: string, to: string): string {
  return `(SELECT pg_catalog.array_agg(a OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||) b ORDER BY a, b) FROM ROWS FROM (pg_catalog.unnest(${from}), pg_catalog.unnest(${to})) AS pair (a, b))`;
}

function columnNumbers({ table, names }: ColumnReference): string {
  const numbers = names.map(
    (name) =>
      `(SELECT attnum FROM pg_catalog.pg_attribute
         WHERE attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(table)}) AND attname OPERATOR(pg_catalog.=) ${quoteLiteral(name)})`,
  );
  return `ARRAY[${numbers.join(", ")}]::pg_catalog.int2[]`;
}
