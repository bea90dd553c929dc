import { quoteLiteral } from "../../../postgres/text/identifier.ts";
import { plainName, schemaNumber } from "./catalog-lookup.ts";

/** Which schemas a check looks at. */
export interface SchemaScope {
  /** The only schema to look at. Default: all but those of the system. */
  schema?: string | undefined;
}

/** Whether a schema is looked at, as a condition on `n`, a row of pg_namespace. */
export function isInScope({ schema }: SchemaScope): string {
  return schema === undefined
    ? "n.nspname OPERATOR(pg_catalog.!~) '^pg_' AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'"
    : `n.nspname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(schema))}`;
}

/** A row for a schema that does not exist, or else a misspelt one would satisfy every check. */
export function missingSchemaRow(scope: SchemaScope, otherColumns: number): string {
  if (scope.schema === undefined) return "";
  const others = "NULL, ".repeat(otherColumns);
  return `UNION ALL SELECT ${quoteLiteral(scope.schema)}, ${others}'there is no such schema'
           WHERE ${schemaNumber(scope.schema)} IS NULL`;
}

/** How the scope is written in a check's default name. */
export function scopeText({ schema }: SchemaScope): string {
  return schema === undefined ? "" : ` in ${schema}`;
}
