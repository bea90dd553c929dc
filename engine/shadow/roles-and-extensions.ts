import type { Connection } from "../postgres/session/connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";

/** Objects that foreign SQL expects and cannot create itself. */
export interface ShadowNeeds {
  /** Names of roles; missing ones are created without LOGIN. */
  roles: readonly string[];
  /** Extensions with their schemas; those that the server lacks are left out. */
  extensions: readonly { name: string; schema: string }[];
}

/**
 * Creates roles and extensions in a private server's empty database, as its superuser. Must run before any foreign SQL,
 * which could otherwise plant what an extension's script calls. The `owner` of the database may use them.
 */
export async function createRolesAndExtensions(
  superuser: Connection,
  owner: string,
  needs: ShadowNeeds,
): Promise<void> {
  await withDatabase(superuser, async (session) => {
    await session.execute("SET search_path TO pg_catalog, pg_temp");
    await createRoles(session, owner, needs.roles);
    for (const extension of await creatable(session, needs.extensions))
      await createExtension(session, owner, extension);
    await grantMembers(session, owner);
    await cutOff(session);
  });
}

async function createRoles(session: Database, owner: string, roles: readonly string[]): Promise<void> {
  const present = await session.query<{ name: string }>("SELECT rolname AS name FROM pg_catalog.pg_roles");
  const known = new Set(present.map(({ name }) => name));
  for (const role of roles.filter((name) => !known.has(name)).map(quoteIdentifier))
    await session.execute(
      `CREATE ROLE ${role} NOLOGIN; GRANT ${role} TO ${quoteIdentifier(owner)} WITH ADMIN OPTION;
       GRANT CREATE ON SCHEMA public TO ${role}`,
    );
}

type Extension = ShadowNeeds["extensions"][number];

async function creatable(session: Database, extensions: readonly Extension[]): Promise<Extension[]> {
  const available = await session.query<{ name: string }>(
    "SELECT name FROM pg_catalog.pg_available_extensions WHERE installed_version IS NULL",
  );
  const names = new Set(available.map(({ name }) => name));
  return extensions.filter(({ name }) => names.has(name));
}

async function createExtension(session: Database, owner: string, { name, schema }: Extension): Promise<void> {
  if (!schema.startsWith("pg_"))
    await session.execute(
      `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)} AUTHORIZATION ${quoteIdentifier(owner)}`,
    );
  await session.execute(
    `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA ${quoteIdentifier(schema)} CASCADE`,
  );
}

/**
 * The superuser owns the objects of extensions. The owner of the database reads and fills their tables, and creates
 * servers with their wrappers.
 */
async function grantMembers(session: Database, owner: string): Promise<void> {
  const role = quoteIdentifier(owner);
  const members = await session.query<{ kind: string; name: string }>(
    `SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
       FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.objid
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype OPERATOR(pg_catalog.=) 'e'
        AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,S}')
      UNION ALL
     SELECT 'FOREIGN DATA WRAPPER', pg_catalog.quote_ident(fdwname) FROM pg_catalog.pg_foreign_data_wrapper`,
  );
  for (const { kind, name } of members)
    await session.execute(
      kind === "FOREIGN DATA WRAPPER"
        ? `GRANT USAGE ON FOREIGN DATA WRAPPER ${name} TO ${role}`
        : `GRANT ALL ON ${kind} ${name} TO ${role}`,
    );
}

/** Prevents connections to other servers and reading of files: dblink cannot be called, and wrappers do nothing. */
async function cutOff(session: Database): Promise<void> {
  const functions = await session.query<{ name: string }>(
    `SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text AS name
       FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid OPERATOR(pg_catalog.=) d.refobjid
       JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) d.objid
      WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype OPERATOR(pg_catalog.=) 'e' AND e.extname OPERATOR(pg_catalog.=) 'dblink'`,
  );
  for (const { name } of functions) await session.execute(`REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`);
  const wrappers = await session.query<{ name: string }>(
    "SELECT pg_catalog.quote_ident(fdwname) AS name FROM pg_catalog.pg_foreign_data_wrapper",
  );
  for (const { name } of wrappers) await session.execute(`ALTER FOREIGN DATA WRAPPER ${name} NO HANDLER`);
}
