import { catalogPath } from "../session/catalog-path.ts";
import type { Database } from "../session/database.ts";
import { schemaObjectsQuery } from "./schema-objects-query.ts";

/** One object of a schema, so that two schemas can be compared object by object. */
export interface SchemaObject {
  kind: string;
  /**
   * Its name, prefixed with its table's if it has none of its own, and with its schema's unless that is the
   * connection's.
   */
  name: string;
  /** The possible names of the object and of its table, with the schema and without. */
  aliases: string[];
  /** The name of the table or type that it is a part of. */
  table: string | undefined;
  /** Its definition with its comment, without its own names, owners and privileges. */
  definition: string;
  /** The query of a view, which ends its definition. */
  query: string | undefined;
  /**
   * The definition without triggers that come with a partitioned table, which differ since PostgreSQL 15. Default: the
   * same.
   */
  definitionBefore15?: string | undefined;
}

interface Row {
  kind: string;
  /** NULL for objects without a schema. */
  schema: string | null;
  table: string | null;
  name: string;
  definition: string;
  query: string | null;
  /** Changed inner triggers of a partitioned table or a partition. */
  triggers: string | null;
}

/**
 * Describes the objects of some schemas, unordered, without those of extensions. Call it in a transaction: it sets the
 * transaction's search path, which determines how definitions are printed.
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
  // A function can be referred to by its name alone.
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
