import { z } from "zod";
import { nameDefinition } from "./check-definition.ts";
import { quoteLiteral } from "../postgres/identifier.ts";
import type { CheckKind } from "./check.ts";
import { relationReference } from "./column-reference.ts";

/** A table, partitioned table or foreign table must exist. */
export interface TableExists {
  kind: "tableExists";
  name: string;
  /** `table` or `schema.table`. */
  table: string;
}

/** A check that holds while a table exists: `tableExists("gifts")`. */
export function tableExists(table: string, options: { name?: string | undefined } = {}): TableExists {
  return { kind: "tableExists", name: options.name ?? `table ${table} exists`, table };
}

/** How the kind is read and how it becomes SQL. */
export const tableExistsKind: CheckKind<TableExists> = {
  definition: z
    .strictObject({ kind: z.literal("tableExists"), name: nameDefinition, table: z.string() })
    .transform(({ table, name }) => tableExists(table, { name })),
  violations: ({ name, table }) =>
    `SELECT ${quoteLiteral(table)} AS "missing table"
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class
                         WHERE oid = pg_catalog.to_regclass(${quoteLiteral(relationReference(name, table))})
                           AND relkind IN ('r', 'p', 'f'))`,
};
