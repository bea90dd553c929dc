import type pg from "pg";
import { announceQuery } from "./query-channel.ts";
import type { Connection, ResolvedConnection } from "./connection.ts";
import { quoteIdentifier } from "./identifier.ts";
import { optionOf, schemasIn, settingsInOptions } from "./session-options.ts";

/** Where the names without a schema lead to in a session. */
export interface SessionSchema {
  /** The schema in which new tables appear, and the ledger with them. */
  schema: string;
  /** The schemas that are searched, in their order, the first one included. */
  searchPath: readonly string[];
}

/** The parts of a connection by which names lead to the same schemas as in a session, on whatever server. */
export function connectionTo({ schema, searchPath }: SessionSchema): Pick<Connection, "options" | "schema"> {
  const path = [schema, ...searchPath.filter((one) => one !== schema)].map((name) => quoteIdentifier(name));
  return { schema, options: optionOf("search_path", path.join(",")) };
}

/** What the connection itself says; undefined if it leaves the schema to the server. */
export function givenSchema({ schema, options }: ResolvedConnection): SessionSchema | undefined {
  if (schema === undefined) return undefined;
  const others = schemasIn(settingsInOptions(options).get("search_path") ?? "");
  return { schema, searchPath: [...new Set([schema, ...others])] };
}

/**
 * Asks the server, whose roles and databases have search paths of their own: one query. The schema is the first one of
 * the path that exists, as for CREATE TABLE. If none exists, it is the first one that is named, which is then created.
 */
export async function readSessionSchema(
  client: pg.Client,
  { connectTimeoutSeconds }: Pick<ResolvedConnection, "connectTimeoutSeconds">,
): Promise<SessionSchema> {
  announceQuery(schemaQuery);
  const { rows } = await client.query<{ path: string; role: string; existing: string[] }>({
    text: schemaQuery,
    query_timeout: connectTimeoutSeconds * 1000,
  } as pg.QueryConfig);
  const { path = "", role = "", existing = [] } = rows[0] ?? {};
  const named = schemasIn(path, role).filter(isOrdinary);
  const schema = existing.find(isOrdinary) ?? schemasIn(path)[0] ?? "public";
  return { schema, searchPath: [...new Set([schema, ...named])] };
}

const schemaQuery = `SELECT pg_catalog.current_setting('search_path') AS path, current_user::pg_catalog.text AS role,
       pg_catalog.current_schemas(false)::pg_catalog.text[] AS existing`;

/** Schemas of the system stand in some paths; nobody's tables are made there. */
function isOrdinary(schema: string): boolean {
  return schema !== "information_schema" && !schema.startsWith("pg_");
}
