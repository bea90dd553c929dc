import { PgMigrationsError } from "../../error.ts";

/** A name, such as `schema.table.column`, that cannot be read. */
export class NameError extends PgMigrationsError {}

/** Quotes one identifier for SQL: `My"Table` becomes `"My""Table"`. */
export function quoteIdentifier(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Quotes the parts of a qualified name: `["app", "Gifts"]` becomes `"app"."Gifts"`. */
export function quoteName(parts: readonly string[]): string {
  return parts.map(quoteIdentifier).join(".");
}

/** Quotes a string literal for SQL, whatever the value of `standard_conforming_strings`. */
export function quoteLiteral(value: string): string {
  const doubled = value.replaceAll("'", "''");
  return doubled.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/**
 * Splits a dotted name into its parts. A part is taken literally, upper case included. Double quotes enclose one that
 * holds a dot or a quote: `app."My.Table".id`.
 */
export function parseName(name: string): string[] {
  const parts: string[] = [];
  const pattern = /(?:"((?:[^"]|"")+)"|([^".\0]+))(\.|$)/gy;
  while (pattern.lastIndex < name.length) {
    const match = pattern.exec(name);
    if (match === null) throw unreadableName(name);
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "." && pattern.lastIndex === name.length) throw unreadableName(name);
  }
  if (parts.length === 0) throw unreadableName(name);
  return parts;
}

function unreadableName(name: string): NameError {
  return new NameError(
    "NAME_UNREADABLE",
    `The name ${JSON.stringify(name)} cannot be read. Write it as table, schema.table or schema.table.column, ` +
      `with double quotes around a part that holds a dot or a quote.`,
  );
}
