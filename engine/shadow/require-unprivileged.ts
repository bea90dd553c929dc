import type { Connection } from "../postgres/session/connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { ShadowError } from "./shadow-error.ts";

/** Roles, in addition to superusers, whose members can access the files and the programs of the server's machine. */
const mightyRoles = ["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"];

/**
 * Rejects with a `ShadowError` if a role could run programs or read files on its server: the foreign SQL that is
 * restored there would have its rights. Before PostgreSQL 16, CREATEROLE is enough to become a member.
 */
export async function requireUnprivileged(connection: Connection): Promise<void> {
  await withDatabase(connection, async (session) => {
    const [reason] = await session.query<{ text: string }>(
      `SELECT CASE WHEN rolname OPERATOR(pg_catalog.=) current_user AND rolsuper THEN 'is a superuser'
                   WHEN rolname OPERATOR(pg_catalog.=) current_user THEN 'has CREATEROLE, which before PostgreSQL 16 lets it join any role'
                   ELSE 'is a member of ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(rolname) END AS text
         FROM pg_catalog.pg_roles
        WHERE pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
          AND (rolsuper OR rolname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
               OR rolname OPERATOR(pg_catalog.=) current_user AND rolcreaterole
                  AND pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.<) 160000)
        ORDER BY rolname OPERATOR(pg_catalog.<>) current_user LIMIT 1`,
      [mightyRoles],
    );
    if (reason === undefined) return;
    const { user, host, port } = session.address;
    throw new ShadowError(
      "SHADOW_IS_SUPERUSER",
      `The role ${user} of the shadow at ${host}:${port} ${reason.text}, and SQL from a dump would run with its rights. ` +
        `Nothing was restored. Connect to the shadow as a role that only has CREATEDB ` +
        `(CREATE ROLE shadow LOGIN CREATEDB), or set allowSuperuser: true if the server holds nothing else and everything ` +
        `in the dumped database is trusted.`,
    );
  });
}
