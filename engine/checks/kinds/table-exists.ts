import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { relationReference } from "../kind/column-reference.ts";

/** A table, partitioned table or foreign table must exist. */
export interface TableExists extends NamedCheck {
  kind: "tableExists";
  /** `table` or `schema.table`. */
  table: string;
}

/** A check that a table exists: `tableExists("gifts")`. */
export function tableExists(table: string, options: CheckOptions = {}): TableExists {
  return checkOf({ kind: "tableExists", name: options.name ?? `table ${table} exists`, table }, options);
}

export const tableExistsKind: CheckKind<TableExists> = {
  subject: "schema",
  definition: z
    .strictObject({ kind: z.literal("tableExists"), ...optionsDefinition, table: z.string() })
    .transform(({ table, ...options }) => tableExists(table, options)),
  violations: ({ name, table }) =>
    `SELECT ${quoteLiteral(table)} AS "missing table"
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class
                         WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(relationReference(name, table))})
                           AND relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f}'))`,
};
