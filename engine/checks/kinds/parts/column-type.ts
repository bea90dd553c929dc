import { NameError, parseName, quoteLiteral, quoteName } from "../../../postgres/text/identifier.ts";

/** SQL conditions and texts about the type of `a`, a row of pg_attribute. */
export interface ColumnType {
  /** True if the column is of the type. */
  matches: string;
  /** True if the type exists. */
  exists: string;
  /** The column's own type, as PostgreSQL prints it. */
  found: string;
}

const found = "pg_catalog.format_type(a.atttypid, a.atttypmod)";

/**
 * Compares a column's type with one written as in SQL, aliases included: `varchar(20)`, `timestamptz`. The server
 * resolves the name but drops the modifier in parentheses, which is compared as the server prints it.
 */
export function columnType(type: string): ColumnType {
  const number = typeNumber(type);
  return {
    found,
    exists: `${number} IS NOT NULL`,
    matches: `a.atttypid OPERATOR(pg_catalog.=) ${number} AND ${foundModifier} OPERATOR(pg_catalog.=) ${quoteLiteral(modifierOf(type))}`,
  };
}

/** SQL folds names to lower case, but the names in checks are exact. If one finds nothing, the other is tried. */
function typeNumber(type: string): string {
  const asSql = `pg_catalog.to_regtype(${quoteLiteral(type)})`;
  const exact = exactName(type);
  return exact === undefined ? asSql : `coalesce(${asSql}, pg_catalog.to_regtype(${quoteLiteral(exact)}))`;
}

function exactName(type: string): string | undefined {
  const [, name = "", brackets = ""] = /^([^()[\]]+?)((?:\[\])*)$/.exec(type) ?? [];
  try {
    return `${quoteName(parseName(name))}${brackets}`;
  } catch (error) {
    if (error instanceof NameError) return undefined;
    throw error;
  }
}

const foundModifier = `(SELECT pg_catalog.lower(pg_catalog.concat(
    pg_catalog.substring(printed, '^interval ([a-z ]+)'), '(', pg_catalog.substring(printed, '[(]([^)]*)[)]'), ')'))
  FROM (SELECT pg_catalog.regexp_replace(${found}, '"[^"]*"', '', 'g') AS printed) AS type)`;

/**
 * The fields of an interval and the modifier in parentheses, as the server completes them: numeric(5) is numeric(5,0).
 */
function modifierOf(type: string): string {
  const text = type
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\s*([(),])\s*/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim()
    .toLowerCase();
  const fields = /^interval ([a-z ]+)/.exec(text)?.[1] ?? "";
  const modifier = /\(([^)]*)\)/.exec(text)?.[1];
  if (/^(char|character|nchar|national char|national character|bit)(\[\d*\])*$/.test(text)) return "(1)";
  if (/^(numeric|decimal|dec)\(\d+\)/.test(text)) return `(${modifier ?? ""},0)`;
  if (text.startsWith("float(")) return "()";
  return `${fields}(${modifier ?? ""})`;
}
