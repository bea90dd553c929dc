import { NameError, parseName, quoteIdentifier, quoteName } from "../../postgres/text/identifier.ts";
import { CheckDefinitionError } from "./check-definition-error.ts";

/** One column, or several that belong together, each `table.column` or `schema.table.column`. */
export type Columns = string | readonly string[];

/** Columns of one table, quoted for SQL. */
export interface ColumnReference {
  /** The quoted table, with its schema if one was given. */
  table: string;
  /** The schema's bare name; undefined if none was given. */
  schema: string | undefined;
  /** The table's bare name. */
  relation: string;
  /** The quoted table without its schema: an alias, so that errors of the server name the table as users do. */
  alias: string;
  /** The quoted columns, in the given order. */
  columns: string[];
  /** The columns' bare names. */
  names: string[];
}

/** Reads columns that a check pairs with the same number of columns of another table. */
export function pairedColumns(
  check: string,
  column: Columns,
  counterpart: Columns,
): [ColumnReference, ColumnReference] {
  const from = columnReference(check, column);
  const to = columnReference(check, counterpart);
  if (from.columns.length !== to.columns.length)
    throw new CheckDefinitionError(check, "it compares different numbers of columns.");
  return [from, to];
}

/** Reads the columns that a check names; all must be of one table. */
export function columnReference(check: string, columns: Columns): ColumnReference {
  const list = typeof columns === "string" ? [columns] : columns;
  const parsed = list.map((column) => splitColumn(check, column));
  const [first, ...others] = parsed;
  if (first === undefined) throw new CheckDefinitionError(check, "it names no column.");
  const stranger = others.find((other) => other.table !== first.table);
  if (stranger !== undefined)
    throw new CheckDefinitionError(
      check,
      `its columns are of two tables, ${first.table} and ${stranger.table}.`,
    );
  return {
    table: first.table,
    schema: first.schema,
    relation: first.relation,
    alias: quoteIdentifier(first.relation),
    columns: parsed.map(({ name }) => quoteIdentifier(name)),
    names: parsed.map(({ name }) => name),
  };
}

/** Reads and quotes the name of a table or an index, `name` or `schema.name`. */
export function relationReference(check: string, relation: string): string {
  const parts = partsOf(check, relation);
  if (parts.length > 2)
    throw new CheckDefinitionError(check, `${JSON.stringify(relation)} has more parts than schema.name.`);
  return quoteName(parts);
}

interface SplitColumn {
  table: string;
  schema: string | undefined;
  relation: string;
  name: string;
}

function splitColumn(check: string, column: string): SplitColumn {
  const parts = partsOf(check, column);
  const name = parts.at(-1);
  if (name === undefined || parts.length < 2 || parts.length > 3)
    throw new CheckDefinitionError(
      check,
      `${JSON.stringify(column)} is not a column. Write table.column or schema.table.column.`,
    );
  return { table: quoteName(parts.slice(0, -1)), schema: parts.at(-3), relation: parts.at(-2) ?? "", name };
}

function partsOf(check: string, name: string): string[] {
  try {
    return parseName(name);
  } catch (error) {
    throw error instanceof NameError ? new CheckDefinitionError(check, error.message) : error;
  }
}

/** The columns as text for a check's default name. */
export function columnsText(columns: Columns): string {
  return typeof columns === "string" ? columns : columns.join(", ");
}
