import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { kindOf } from "./check-kinds.ts";
import type { Check } from "./check.ts";
import type { EqualityOperators } from "./kind/check-kind.ts";
import type { ColumnReference } from "./kind/column-reference.ts";

/** The operators with which checks compare the columns of two tables, by check name. */
export type ComparedChecks = ReadonlyMap<string, EqualityOperators>;

/** The operator for PostgreSQL's own types, and the fallback for users' types. */
export const builtInEquality: EqualityOperators = () => "OPERATOR(pg_catalog.=)";

/** One side of a comparison whose type comes from an extension or a user. */
export interface EqualityRow {
  check: string;
  position: number;
  side: number;
  schema: string;
  operator: string;
}

interface Side {
  check: string;
  side: number;
  reference: ColumnReference;
}

/**
 * A query for the operators of types that are not PostgreSQL's own, such as citext; undefined if no check compares
 * columns. The operator comes from the default operator class, which only a superuser can create. Any role can create
 * an operator with the same name.
 */
export function equalityQuery(checks: readonly Check[]): string | undefined {
  const sides = checks.flatMap(sidesOf);
  if (sides.length === 0) return undefined;
  const values = sides.flatMap(({ check, side, reference: { schema, relation, names } }) =>
    names.map((name, position) => {
      const texts = [check, schema, relation, name].map((text) =>
        text === undefined ? "NULL" : quoteLiteral(text),
      );
      return `(${texts.join(", ")}, ${position}, ${side})`;
    }),
  );
  return `SELECT wanted.name AS "check", wanted.position, wanted.side, s.nspname AS schema, o.oprname AS operator
            FROM (VALUES ${values.join(", ")}) AS wanted (name, schema, relation, attribute, position, side)
           CROSS JOIN LATERAL (${columnType}) AS given
            JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) given.type
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
                 AND n.nspname OPERATOR(pg_catalog.<>) 'pg_catalog'
            JOIN pg_catalog.pg_opclass f ON f.opcintype OPERATOR(pg_catalog.=) t.oid AND f.opcdefault
            JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) f.opcmethod AND m.amname OPERATOR(pg_catalog.=) 'btree'
            JOIN pg_catalog.pg_amop p ON p.amopfamily OPERATOR(pg_catalog.=) f.opcfamily
                 AND p.amoplefttype OPERATOR(pg_catalog.=) t.oid AND p.amoprighttype OPERATOR(pg_catalog.=) t.oid
                 AND p.amopstrategy OPERATOR(pg_catalog.=) 3
            JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) p.amopopr
            JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) o.oprnamespace`;
}

/**
 * Reads the result. Columns of two types are compared as PostgreSQL does: as the type that both can be converted to.
 */
export function equalityOperators(rows: readonly EqualityRow[]): ComparedChecks {
  const found = new Map<string, Map<number, EqualityRow[]>>();
  for (const row of rows) {
    const positions = found.get(row.check) ?? new Map<number, EqualityRow[]>();
    positions.set(row.position, [...(positions.get(row.position) ?? []), row]);
    found.set(row.check, positions);
  }
  return new Map(
    [...found].map(([check, positions]) => [
      check,
      (position) => {
        const [left, right] = (positions.get(position) ?? []).map(nameOf);
        return left !== undefined && left === right ? left : builtInEquality(position);
      },
    ]),
  );
}

function sidesOf(check: Check): Side[] {
  const kind = kindOf(check);
  const references = "compared" in kind ? kind.compared?.(check) : undefined;
  return (references ?? []).map((reference, side) => ({ check: check.name, side, reference }));
}

function nameOf({ schema, operator }: EqualityRow): string {
  return `OPERATOR(${quoteIdentifier(schema)}.${operator})`;
}

/** The type of a column, or the base type of its domain. The server resolves the relation. */
const columnType = `
  WITH RECURSIVE bases AS (
    (SELECT a.atttypid AS type
       FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace v ON v.oid OPERATOR(pg_catalog.=) c.relnamespace
       JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
            AND a.attname OPERATOR(pg_catalog.=) wanted.attribute AND NOT a.attisdropped
      WHERE c.relname OPERATOR(pg_catalog.=) wanted.relation
        AND CASE WHEN wanted.schema IS NULL THEN v.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true))
                 ELSE v.nspname OPERATOR(pg_catalog.=) wanted.schema END
      ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), v.nspname) LIMIT 1)
    UNION ALL
    SELECT y.typbasetype FROM bases b JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) b.type
     WHERE y.typtype OPERATOR(pg_catalog.=) 'd')
  SELECT b.type FROM bases b JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) b.type
   WHERE y.typtype OPERATOR(pg_catalog.<>) 'd'`;
