import type { Database } from "../session/database.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../text/identifier.ts";
import { parseStatements } from "./parsed-statement.ts";
import { StatementFailure } from "../text/statement-failure.ts";

/** The index of a CREATE INDEX statement. */
export interface IndexDefinition {
  /** The quoted name of its table, with the schema if the statement names one. */
  table: string;
  /** The text of the statement. */
  text: string;
}

interface IndexNode {
  relation?: { schemaname?: string; relname?: string; location?: number };
  idxname?: string;
  unique?: boolean;
}

/** Reads it from a statement of PostgreSQL's parse tree. */
export function indexDefinitionOf(node: Record<string, unknown>, text: string): IndexDefinition {
  return { table: tableOf(node), text };
}

/**
 * True if an index is valid and has the definition in its statement. The server builds the same index on a temporary,
 * empty copy of the table, and its descriptions of both are compared. Only the server knows the default operator class,
 * collation and casts. An index that cannot be built there does not count as the same.
 */
export async function isIndexAsDefined(
  database: Database,
  { name, definition }: { name: string; definition: IndexDefinition },
): Promise<boolean> {
  const index = `pg_catalog.to_regclass(${quoteLiteral(name)})`;
  const [found] = await database.query<{ schema: string; table: string; definition: string }>(
    `SELECT n.nspname AS schema, c.relname AS table, pg_catalog.pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indrelid
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE i.indisvalid AND i.indexrelid OPERATOR(pg_catalog.=) ${index}
        AND i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(definition.table)})`,
  );
  const { statements } = await parseStatements(definition.text);
  const copy = found && copyOf(statements[0]?.node ?? {}, definition.text, found.table);
  if (found === undefined || copy === undefined) return false;
  await database.execute("BEGIN");
  try {
    await database.execute(
      `CREATE TEMPORARY TABLE ${quoteIdentifier(found.table)} (LIKE ${quoteName([found.schema, found.table])})`,
    );
    await database.execute(`/* given */${copy.statement}\n/* end */`);
    const [built] = await database.query<{ definition: string }>(
      `SELECT pg_catalog.pg_get_indexdef(pg_catalog.to_regclass(${quoteLiteral(copy.name)})) AS definition`,
    );
    return built !== undefined && withoutNames(built.definition) === withoutNames(found.definition);
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return false;
  } finally {
    if (!database.isLost) await database.execute("ROLLBACK");
  }
}

const identifier = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const qualifiedName = new RegExp(String.raw`^${identifier}(?:\s*\.\s*${identifier})*`, "u");
const namesAhead = new RegExp(
  String.raw`^(CREATE (?:UNIQUE )?INDEX )${identifier} ON (?:ONLY )?${identifier}(?:\.${identifier})*`,
  "u",
);

/** The server's description of an index, without its name and its table's. */
function withoutNames(definition: string): string {
  return definition.replace(namesAhead, "$1");
}

/**
 * The statement for the same index on a temporary table; undefined if the table's name is written in an unusual way.
 */
function copyOf(
  node: Record<string, unknown>,
  text: string,
  table: string,
): { name: string; statement: string } | undefined {
  const { relation, idxname, unique } = node as IndexNode;
  const behind = Buffer.from(text)
    .subarray(relation?.location ?? 0)
    .toString();
  const written = qualifiedName.exec(behind)?.[0];
  if (idxname === undefined || written === undefined || quoted(written) !== tableOf(node)) return undefined;
  const kind = unique === true ? "UNIQUE INDEX" : "INDEX";
  const on = `pg_temp.${quoteIdentifier(table)}`;
  return {
    name: `pg_temp.${quoteIdentifier(idxname)}`,
    statement: `CREATE ${kind} ${quoteIdentifier(idxname)} ON ${on} ${behind.slice(written.length)}`,
  };
}

function tableOf(node: Record<string, unknown>): string {
  const { relation: { schemaname, relname = "" } = {} } = node as IndexNode;
  return quoteName(schemaname === undefined ? [relname] : [schemaname, relname]);
}

/** A name as the server reads it, quoted. */
function quoted(written: string): string {
  const parts = written.match(new RegExp(identifier, "gu")) ?? [];
  return parts
    .map((part) =>
      part.startsWith('"') ? part : quoteIdentifier(part.replace(/[A-Z]/g, (letter) => letter.toLowerCase())),
    )
    .join(".");
}
