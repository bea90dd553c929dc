import { quoteLiteral } from "../../../postgres/text/identifier.ts";
import { plainName, schemaNumber } from "./catalog-lookup.ts";

/** The schemas that a check covers. */
export interface SchemaScope {
  /** The only schema to check. Default: all except the system's. */
  schema?: string | undefined;
}

/** True if a schema is covered, as a condition on `n`, a row of pg_namespace. */
export function isInScope({ schema }: SchemaScope): string {
  return schema === undefined
    ? "n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'"
    : `n.nspname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(schema))}`;
}

/** A row for a schema that does not exist. Otherwise a misspelt one would pass every check. */
export function missingSchemaRow(scope: SchemaScope, otherColumns: number): string {
  if (scope.schema === undefined) return "";
  const others = "NULL, ".repeat(otherColumns);
  return `UNION ALL SELECT ${quoteLiteral(scope.schema)}, ${others}'there is no such schema'
           WHERE ${schemaNumber(scope.schema)} IS NULL`;
}

/** The scope as text for a check's default name. */
export function scopeText({ schema }: SchemaScope): string {
  return schema === undefined ? "" : ` in ${schema}`;
}
