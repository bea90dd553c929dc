import type { Connection, ResolvedConnection } from "./connection.ts";
import { ConnectionError } from "./connection-error.ts";
import { foreign } from "../../foreign-text.ts";
import { quoteIdentifier } from "../text/identifier.ts";
import { isUntrusted, trustedRoles } from "./trusted-roles.ts";
import { optionOf, schemasIn, settingsInOptions } from "./session-options.ts";

/** The schemas that unqualified names resolve to in a session. */
export interface SessionSchema {
  /** The schema of new tables, including the ledger. */
  schema: string;
  /** The schemas that are searched, in order, including the first one. */
  searchPath: readonly string[];
}

/** The parts of a connection that make names resolve to the same schemas as in a session, on any server. */
export function connectionTo({ schema, searchPath }: SessionSchema): Pick<Connection, "options" | "schema"> {
  const path = [schema, ...searchPath.filter((one) => one !== schema)].map((name) => quoteIdentifier(name));
  return { schema, options: optionOf("search_path", path.join(",")) };
}

/** The schemas that the connection itself gives; undefined if it leaves them to the server. */
export function givenSchema({ schema, options }: ResolvedConnection): SessionSchema | undefined {
  if (schema === undefined) return undefined;
  const others = schemasIn(settingsInOptions(options).get("search_path") ?? "");
  return { schema, searchPath: [...new Set([schema, ...others])] };
}

/** Sends the first query of a session. */
export type AskFirst = <Row extends object>(sql: string, values?: unknown[]) => Promise<Row[]>;

/** Reads the schema, unless the connection gives it, and more with the first query of a session. */
export type ReadSchema<Found extends SessionSchema = SessionSchema> = (
  ask: AskFirst,
  given: SessionSchema | undefined,
) => Promise<Found>;

/** Reads the schema alone, or nothing if it is given. */
export const readSessionSchema: ReadSchema = async (ask, given) => {
  if (given !== undefined) return given;
  const [found] = await ask<SearchPath>(`SELECT ${searchPathColumns}`);
  return schemaOf(found);
};

/** The search path as the server has it. */
export interface SearchPath {
  /** The setting as text. */
  path: string;
  /** The role that `$user` stands for. */
  role: string;
  /** Its schemas that exist and that this role may use. */
  existing: string[];
  /** The owner of the schema named like the role, if it is neither this role nor one that it trusts. */
  stranger: string | null;
}

/** The columns of a `SearchPath`. */
export const searchPathColumns = `pg_catalog.current_setting('search_path') AS path, current_user::pg_catalog.text AS role,
       pg_catalog.current_schemas(false)::pg_catalog.text[] AS existing,
       (${trustedRoles}
        SELECT pg_catalog.pg_get_userbyid(n.nspowner)::pg_catalog.text FROM pg_catalog.pg_namespace n
         WHERE n.nspname OPERATOR(pg_catalog.=) current_user AND ${isUntrusted("n.nspowner")}) AS stranger`;

/**
 * Throws a `ConnectionError` if another role has created the schema that `$user` leads to, where it could plant what
 * scripts call. The schema is the first existing one of the path, as for CREATE TABLE. If none exists, it is the first
 * one that is named, which is then created.
 */
export function schemaOf({ path, role, existing, stranger }: SearchPath = nothingFound): SessionSchema {
  if (stranger !== null && schemasIn(path, "$user").includes("$user")) throw notTrusted(role, stranger);
  const schema = existing.find(isOrdinary) ?? schemasIn(path)[0] ?? "public";
  return { schema, searchPath: [...new Set([schema, ...schemasIn(path, role).filter(isOrdinary)])] };
}

const nothingFound: SearchPath = { path: "", role: "", existing: [], stranger: null };

function notTrusted(role: string, stranger: string): ConnectionError {
  return new ConnectionError(
    "SCHEMA_NOT_TRUSTED",
    `The search path of ${foreign(role)} leads to the schema ${foreign(role)}. Its owner ${foreign(stranger)} could have ` +
      `created it to have its own functions called. Nothing was done. If the migrations belong there, write ` +
      `schema: ${foreign(role)} into the connection; otherwise drop that schema, or name the right one.`,
  );
}

/** System schemas occur in some paths, but tables are not created there. */
function isOrdinary(schema: string): boolean {
  return schema !== "information_schema" && !schema.startsWith("pg_");
}
