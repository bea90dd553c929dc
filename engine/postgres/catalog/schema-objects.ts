import { catalogPath } from "../session/catalog-path.ts";
import type { Database } from "../session/database.ts";
import { schemaObjectsQuery } from "./schema-objects-query.ts";

/** One object of a schema, so that two schemas can be compared object by object. */
export interface SchemaObject {
  kind: string;
  /** Its name, that of its table before it where it has none of its own, and that of its schema unless this is the connection's. */
  name: string;
  /** What it, and the table that it belongs to, can be called, with the schema and without. */
  aliases: string[];
  /** The name of the table, or type, that it belongs to, and comes and goes with. */
  table: string | undefined;
  /** How it is made, its comment included; without names that are its own, owners and privileges. */
  definition: string;
  /** The query of a view, which is the end of its definition. */
  query: string | undefined;
  /** The definition without triggers that come with a partitioned table: PostgreSQL has others since 15. Default: the same. */
  definitionBefore15?: string | undefined;
}

interface Row {
  kind: string;
  /** NULL for what is in no schema. */
  schema: string | null;
  table: string | null;
  name: string;
  definition: string;
  query: string | null;
  /** Inner triggers of a partitioned table, or a partition, that are not as they come. */
  triggers: string | null;
}

/**
 * Describes what there is in some schemas, in no order; what belongs to an extension is left out. It has to be called in a
 * transaction, whose search path it sets, as that decides how definitions are printed.
 */
export async function readSchemaObjects(
  database: Database,
  schemas: readonly string[],
): Promise<SchemaObject[]> {
  await database.execute(catalogPath);
  const rows = await database.query<Row>(schemaObjectsQuery, [schemas]);
  return rows.map((row) => objectOf(row, database.address.schema));
}

function objectOf(row: Row, ownSchema: string): SchemaObject {
  const { kind, schema, table, name, definition, query, triggers } = row;
  const shown = (local: string): string =>
    schema === null || schema === ownSchema ? local : `${schema}.${local}`;
  // A function can be called by its name alone.
  const names = [name, name.replace(/\(.*$/s, ""), ...(table === null ? [] : [table])];
  return {
    kind,
    name: shown(name),
    aliases: names.flatMap((local) => (schema === null ? [local] : [local, `${schema}.${local}`])),
    table: table === null ? undefined : shown(table),
    definition: [definition, triggers ?? "", query === null ? "" : `AS ${query}`].filter(Boolean).join(" "),
    query: query ?? undefined,
    ...(triggers === null ? {} : { definitionBefore15: definition }),
  };
}
