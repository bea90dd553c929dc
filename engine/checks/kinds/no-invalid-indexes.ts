import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { isInScope, missingSchemaRow, type SchemaScope, scopeText } from "./parts/schema-scope.ts";

/** No index may be invalid, for example after an interrupted concurrent build. */
export interface NoInvalidIndexes extends NamedCheck, SchemaScope {
  kind: "noInvalidIndexes";
}

/** A check that every index is valid: `noInvalidIndexes({ schema: "app" })`. */
export function noInvalidIndexes(options: CheckOptions & SchemaScope = {}): NoInvalidIndexes {
  const name = options.name ?? `no invalid indexes${scopeText(options)}`;
  return checkOf({ kind: "noInvalidIndexes", name, schema: options.schema }, options);
}

/** One violation for each invalid index, except those that are being built at the moment. */
export const noInvalidIndexesKind: CheckKind<NoInvalidIndexes> = {
  subject: "schema",
  // A later migration of the same run may complete an index or constraint that an earlier one left invalid.
  times: ["after", "standing"],
  definition: z
    .strictObject({
      kind: z.literal("noInvalidIndexes"),
      ...optionsDefinition,
      schema: z.string().optional(),
    })
    .transform((options) => noInvalidIndexes(options)),
  violations: (check) =>
    `SELECT n.nspname::pg_catalog.text AS "schema", t.relname::pg_catalog.text AS "table",
            x.relname::pg_catalog.text AS "index", 'invalid' AS "state"
       FROM pg_catalog.pg_index i
       JOIN pg_catalog.pg_class x ON x.oid OPERATOR(pg_catalog.=) i.indexrelid
       JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) i.indrelid
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) x.relnamespace
      WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND ${isInScope(check)}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index b
                         WHERE b.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() AND b.index_relid OPERATOR(pg_catalog.=) i.indexrelid)
     ${missingSchemaRow(check, 2)}`,
};
