import { randomBytes } from "node:crypto";
import type { Connection } from "../postgres/session/connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";

/** Predefined roles that migrations grant to others, and that can access neither files nor programs. */
const harmlessRoles = [
  "pg_monitor",
  "pg_read_all_data",
  "pg_read_all_settings",
  "pg_read_all_stats",
  "pg_stat_scan_tables",
  "pg_write_all_data",
];

/**
 * Creates the role that runs foreign SQL on a private server. It may create databases and roles and sees every row, but
 * cannot run programs or read files of the machine. Resolves to its connection.
 */
export async function createUnprivilegedRole(superuser: Connection, name: string): Promise<Connection> {
  const password = randomBytes(24).toString("base64url");
  const role = quoteIdentifier(name);
  await withDatabase(superuser, async (session) => {
    const version = await versionNumberOf(session);
    // Before 16, a role with CREATEROLE may join any role that is not a superuser, including those that can run
    // programs.
    const creation = version >= 160000 ? "CREATEROLE" : "NOCREATEROLE";
    await session.execute(
      `CREATE ROLE ${role} LOGIN NOSUPERUSER NOREPLICATION CREATEDB BYPASSRLS ${creation} PASSWORD ${quoteLiteral(password)}`,
    );
    if (version >= 150000)
      await session.execute(`GRANT SET ON PARAMETER session_replication_role TO ${role}`);
    const known = await session.query<{ name: string }>(
      "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])",
      [harmlessRoles],
    );
    for (const { name: harmless } of known)
      await session.execute(`GRANT ${quoteIdentifier(harmless)} TO ${role} WITH ADMIN OPTION`);
  });
  return { ...superuser, user: name, password };
}

async function versionNumberOf(session: Database): Promise<number> {
  const [row] = await session.query<{ version: number }>(
    "SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version",
  );
  return row?.version ?? 0;
}
