import { NameError, parseName, quoteLiteral } from "../../../postgres/text/identifier.ts";
import { relationReference } from "../../kind/column-reference.ts";
import { textArray } from "./text-array.ts";

/** Kinds of relation, by the letters of pg_class. */
export const relationKinds = {
  /** Tables, partitioned and foreign ones, views and materialized views. */
  withColumns: ["r", "p", "f", "v", "m"],
  /** Tables and partitioned tables. */
  tables: ["r", "p"],
  sequences: ["S"],
};

/** The OID of a relation as an SQL expression; NULL if there is none of these kinds. */
export function relationNumber(
  check: string,
  relation: string,
  kinds: readonly string[] = relationKinds.withColumns,
): string {
  return `(SELECT oid FROM pg_catalog.pg_class
            WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(relationReference(check, relation))})
              AND relkind::pg_catalog.text OPERATOR(pg_catalog.=) ANY (${textArray(kinds)}))`;
}

/** The OID of a role as an SQL expression; NULL if there is none. */
export function roleNumber(role: string): string {
  // No role can have that name, and zero stands for PUBLIC.
  if (role === "public") return "0::pg_catalog.oid";
  return `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(role))})`;
}

/** The OID of a schema as an SQL expression; NULL if there is none. */
export function schemaNumber(schema: string): string {
  return `(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(schema))})`;
}

/**
 * A name without a schema: of a constraint, a policy, a role. Double quotes are accepted but not needed, even if it
 * holds a dot.
 */
export function plainName(name: string): string {
  try {
    const [first, ...others] = parseName(name);
    return first === undefined || others.length > 0 ? name : first;
  } catch (error) {
    if (error instanceof NameError) return name;
    throw error;
  }
}
