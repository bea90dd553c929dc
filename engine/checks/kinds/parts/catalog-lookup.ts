import { NameError, parseName, quoteLiteral } from "../../../postgres/text/identifier.ts";
import { relationReference } from "../../kind/column-reference.ts";
import { textArray } from "./text-array.ts";

/** Kinds of relation, by the letters of pg_class. */
export const relationKinds = {
  /** Tables, partitioned and foreign ones, views and materialized views. */
  withColumns: ["r", "p", "f", "v", "m"],
  /** Tables and partitioned ones. */
  tables: ["r", "p"],
  sequences: ["S"],
};

/** The number of a relation as an expression in SQL; NULL where there is none of these kinds. */
export function relationNumber(
  check: string,
  relation: string,
  kinds: readonly string[] = relationKinds.withColumns,
): string {
  return `(SELECT oid FROM pg_catalog.pg_class
            WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(relationReference(check, relation))})
              AND relkind::pg_catalog.text OPERATOR(pg_catalog.=) ANY (${textArray(kinds)}))`;
}

/** The number of a role as an expression in SQL; NULL where there is none. */
export function roleNumber(role: string): string {
  // No role can bear that name, and zero stands for everybody.
  if (role === "public") return "0::pg_catalog.oid";
  return `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(role))})`;
}

/** The number of a schema as an expression in SQL; NULL where there is none. */
export function schemaNumber(schema: string): string {
  return `(SELECT oid FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) ${quoteLiteral(plainName(schema))})`;
}

/**
 * A name that has no schema: that of a constraint, a policy, a role. It may stand in double quotes, as others do, and need
 * not, even if it holds a dot.
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
