import { type Database } from "../../postgres/session/database.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import type { Shadow } from "../../shadow/shadow.ts";
import { majorVersion } from "./archive-programs.ts";
import type { RestoredElsewhere } from "./entries-to-restore.ts";
import { foreign } from "../../foreign-text.ts";

/** The state of a shadow, and the parts of the archive that it does not get. */
export interface ShadowReadiness extends RestoredElsewhere {
  /** Its deficiency, in one sentence; undefined if it is ready. */
  lacks?: string | undefined;
}

interface Extension {
  name: string;
  schema: string;
  schemaOid: number;
}

/**
 * Compares versions and extensions. On a private server, creates the extensions, and the roles that policies name,
 * before the restore. On a named server, leaves out the policies of roles that it lacks.
 */
export async function prepareShadow(shadow: Shadow, original: Database): Promise<ShadowReadiness> {
  return withDatabase(shadow.connection, async (session) => {
    const extensions = await readExtensions(original);
    const lacks = (await olderServer(shadow, original)) ?? (await missingExtensions(session, extensions));
    const none = { hasExtensions: false, skippedPolicies: new Set<number>(), madeSchemas: new Set<number>() };
    if (lacks !== undefined) return { lacks, ...none };
    const policies = await readPolicyRoles(original);
    if (shadow.prepare === undefined) {
      const known = new Set((await readRoles(session)).map(({ name }) => name));
      const skipped = policies.filter(({ role }) => !known.has(role)).map(({ oid }) => oid);
      return { ...none, skippedPolicies: new Set(skipped) };
    }
    const present = new Set((await readSchemas(session)).map(({ name }) => name));
    await shadow.prepare({ roles: policies.map(({ role }) => role), extensions });
    const made = extensions.filter(({ schema }) => !present.has(schema));
    return { ...none, hasExtensions: true, madeSchemas: new Set(made.map(({ schemaOid }) => schemaOid)) };
  });
}

async function olderServer(shadow: Shadow, original: Database): Promise<string | undefined> {
  const [{ version } = { version: "" }] = await original.query<{ version: string }>(
    "SELECT pg_catalog.current_setting('server_version') AS version",
  );
  if (majorVersion(shadow.serverVersion) >= majorVersion(version)) return undefined;
  return `the shadow is PostgreSQL ${shadow.serverVersion}, which is older than the server's ${version}`;
}

async function missingExtensions(
  session: Database,
  wanted: readonly Extension[],
): Promise<string | undefined> {
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

/** In creation order, so that each extension follows those it needs. */
async function readExtensions(original: Database): Promise<Extension[]> {
  return original.query<Extension>(
    `SELECT e.extname AS name, n.nspname AS schema, n.oid::bigint::pg_catalog.float8 AS "schemaOid"
       FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) e.extnamespace ORDER BY e.oid`,
  );
}

async function readPolicyRoles(original: Database): Promise<{ oid: number; role: string }[]> {
  return original.query(
    `SELECT p.oid::bigint::pg_catalog.float8 AS oid, r.rolname AS role
       FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) ANY (p.polroles)`,
  );
}

async function readRoles(session: Database): Promise<{ name: string }[]> {
  return session.query("SELECT rolname AS name FROM pg_catalog.pg_roles");
}

async function readSchemas(session: Database): Promise<{ name: string }[]> {
  return session.query("SELECT nspname AS name FROM pg_catalog.pg_namespace");
}
