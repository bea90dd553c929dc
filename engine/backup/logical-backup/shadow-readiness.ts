import { type Database, withDatabase } from "../../postgres/database.ts";
import { quoteIdentifier } from "../../postgres/identifier.ts";
import type { Shadow } from "../../shadow/shadow.ts";
import { majorVersion } from "./archive-programs.ts";
import { foreign } from "../../foreign-text.ts";

/** Whether a shadow can hold a database, and what has to be left out. */
export interface ShadowReadiness {
  /** What it lacks, in a sentence; undefined where it is ready. */
  lacks?: string | undefined;
  /** Policies that cannot be restored, since they name roles that the shadow's server does not have. */
  skippedOids: ReadonlySet<number>;
}

/**
 * Compares versions and extensions, and makes the roles that policies name, where the server is private. Roles are not
 * made on somebody's own server: what names them is left out.
 */
export async function prepareShadow(shadow: Shadow, original: Database): Promise<ShadowReadiness> {
  return withDatabase(shadow.connection, async (session) => {
    const lacks = (await olderServer(shadow, original)) ?? (await missingExtensions(session, original));
    if (lacks !== undefined) return { lacks, skippedOids: new Set() };
    const policies = await readPolicyRoles(original);
    const known = new Set((await readRoles(session)).map(({ name }) => name));
    const missing = new Set(policies.map(({ role }) => role).filter((role) => !known.has(role)));
    if (!shadow.isPrivate)
      return { skippedOids: new Set(policies.filter(({ role }) => missing.has(role)).map(({ oid }) => oid)) };
    for (const role of missing) await session.execute(`CREATE ROLE ${quoteIdentifier(role)} NOLOGIN`);
    return { skippedOids: new Set() };
  });
}

async function olderServer(shadow: Shadow, original: Database): Promise<string | undefined> {
  const [{ version } = { version: "" }] = await original.query<{ version: string }>(
    "SELECT pg_catalog.current_setting('server_version') AS version",
  );
  if (majorVersion(shadow.serverVersion) >= majorVersion(version)) return undefined;
  return `the shadow is PostgreSQL ${shadow.serverVersion}, which is older than the server's ${version}`;
}

async function missingExtensions(session: Database, original: Database): Promise<string | undefined> {
  const wanted = await original.query<{ name: string }>(
    "SELECT extname AS name FROM pg_catalog.pg_extension ORDER BY 1",
  );
  const available = await session.query<{ name: string }>(
    "SELECT name FROM pg_catalog.pg_available_extensions",
  );
  const names = new Set(available.map(({ name }) => name));
  const missing = wanted.map(({ name }) => name).filter((name) => !names.has(name));
  if (missing.length === 0) return undefined;
  return (
    `the shadow lacks the extension${missing.length === 1 ? "" : "s"} ${missing.map((name) => foreign(name)).join(", ")}: name a server that has ` +
    `${missing.length === 1 ? "it" : "them"} as the shadow to have the backup restored`
  );
}

async function readPolicyRoles(original: Database): Promise<{ oid: number; role: string }[]> {
  return original.query(
    `SELECT p.oid::bigint::float8 AS oid, r.rolname AS role
       FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_roles r ON r.oid = ANY (p.polroles)`,
  );
}

async function readRoles(session: Database): Promise<{ name: string }[]> {
  return session.query("SELECT rolname AS name FROM pg_catalog.pg_roles");
}
