import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { quoteLiteral } from "../../postgres/text/identifier.ts";
import { relationKinds, relationNumber } from "./parts/catalog-lookup.ts";
import { CheckDefinitionError } from "../kind/check-definition-error.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { CheckKind } from "../kind/check-kind.ts";
import { isInScope, missingSchemaRow, type SchemaScope, scopeText } from "./parts/schema-scope.ts";
import { measuredSequences } from "./parts/sequence-measurement.ts";

/** The tables whose sequences a check covers; a schema or a table, not both. */
export interface SequenceScope extends SchemaScope {
  /** The only table to check: `table` or `schema.table`. Default: all. */
  table?: string | undefined;
}

/** Every sequence must be ahead of the values in its column. */
export interface SequencesAhead extends NamedCheck, SequenceScope {
  kind: "sequencesAhead";
}

/**
 * A check that the next value of every sequence exceeds the values in its column, so that no INSERT gets a key that
 * exists: `sequencesAhead({ schema: "app" })`.
 */
export function sequencesAhead(options: CheckOptions & SequenceScope = {}): SequencesAhead {
  const { schema, table } = options;
  const scope = table === undefined ? scopeText({ schema }) : ` of ${table}`;
  const name = options.name ?? `sequences are ahead${scope}`;
  return checkOf({ kind: "sequencesAhead", name, schema, table }, options);
}

/** One violation for each sequence that is behind, exhausted, missing or unreadable. */
export const sequencesAheadKind: CheckKind<SequencesAhead> = {
  subject: "schema",
  definition: z
    .strictObject({
      kind: z.literal("sequencesAhead"),
      ...optionsDefinition,
      schema: z.string().optional(),
      table: z.string().optional(),
    })
    .transform((options) => sequencesAhead(options)),
  violations({ name, schema, table }) {
    if (schema !== undefined && table !== undefined)
      throw new CheckDefinitionError(name, "it names a schema and a table. Write schema.table as the table.");
    const number = table === undefined ? undefined : relationNumber(name, table, relationKinds.tables);
    const missing =
      table === undefined || number === undefined
        ? missingSchemaRow({ schema }, 4)
        : `UNION ALL SELECT ${quoteLiteral(table)}, NULL, NULL, NULL, NULL, 'there is no such table'
            WHERE ${number} IS NULL`;
    // Rows reach a partition through the whole table and get their keys from its sequence.
    const scope =
      number === undefined
        ? `${isInScope({ schema })} AND NOT t.relispartition`
        : `t.oid OPERATOR(pg_catalog.=) ${number}`;
    return `WITH RECURSIVE ${measuredSequences(scope)}
            SELECT * FROM (SELECT table_name AS "table", column_name AS "column", sequence_name AS "sequence",
                                  last_value::pg_catalog.text AS "last value", extreme::pg_catalog.text AS "column holds",
                                  ${state} AS "state" FROM measured) AS told
             WHERE "state" IS NOT NULL
            ${missing}`;
  },
};

/** The problem of a sequence; NULL if there is none. */
const state = `CASE WHEN NOT is_there THEN 'there is no such sequence'
                    WHEN NOT readable THEN 'this role may not read it'
                    WHEN CASE WHEN increment OPERATOR(pg_catalog.>) 0 THEN next_value OPERATOR(pg_catalog.<=) extreme ELSE next_value OPERATOR(pg_catalog.>=) extreme END THEN 'behind'
                    WHEN next_value OPERATOR(pg_catalog.<) seqmin OR next_value OPERATOR(pg_catalog.>) seqmax THEN 'used up' END`;
