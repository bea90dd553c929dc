import type { Database } from "../postgres/session/database.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";

/** Settings whose stored value is a list that is already quoted. */
const listSettings = new Set([
  "search_path",
  "temp_tablespaces",
  "local_preload_libraries",
  "session_preload_libraries",
]);

/**
 * Gives a copy the properties that CREATE DATABASE ... TEMPLATE leaves out: owner, privileges, connection limit and
 * settings. It can then replace the original.
 */
export async function copyProperties(
  maintenance: Database,
  { source, copy }: { source: string; copy: string },
): Promise<void> {
  const statements = [
    ...(await privilegeStatements(maintenance, source, copy)),
    ...(await settingStatements(maintenance, source, copy)),
  ];
  for (const statement of statements) await maintenance.execute(statement);
}

async function privilegeStatements(maintenance: Database, source: string, copy: string): Promise<string[]> {
  const target = quoteIdentifier(copy);
  const [properties] = await maintenance.query<{ owner: string; limit: number; granted: boolean }>(
    `SELECT pg_catalog.pg_get_userbyid(datdba) AS owner, datconnlimit AS limit, datacl IS NOT NULL AS granted
       FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1`,
    [source],
  );
  if (properties === undefined) return [];
  const grants = await maintenance.query<{ privilege: string; grantee: string | null; grantable: boolean }>(
    `SELECT acl.privilege_type AS privilege, acl.is_grantable AS grantable,
            CASE WHEN acl.grantee OPERATOR(pg_catalog.=) 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(acl.grantee) END AS grantee
       FROM pg_catalog.pg_database, pg_catalog.aclexplode(datacl) AS acl WHERE datname OPERATOR(pg_catalog.=) $1`,
    [source],
  );
  return [
    ...(properties.owner === maintenance.address.user
      ? []
      : [`ALTER DATABASE ${target} OWNER TO ${quoteIdentifier(properties.owner)}`]),
    ...(properties.limit === -1 ? [] : [`ALTER DATABASE ${target} CONNECTION LIMIT ${properties.limit}`]),
    ...(properties.granted ? [`REVOKE ALL ON DATABASE ${target} FROM PUBLIC`] : []),
    ...grants.map(
      ({ privilege, grantee, grantable }) =>
        `GRANT ${privilege} ON DATABASE ${target} TO ${grantee === null ? "PUBLIC" : quoteIdentifier(grantee)}` +
        (grantable ? " WITH GRANT OPTION" : ""),
    ),
  ];
}

async function settingStatements(maintenance: Database, source: string, copy: string): Promise<string[]> {
  const settings = await maintenance.query<{ role: string | null; setting: string }>(
    `SELECT CASE WHEN s.setrole OPERATOR(pg_catalog.=) 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(s.setrole) END AS role,
            pg_catalog.unnest(s.setconfig) AS setting
       FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
      WHERE d.datname OPERATOR(pg_catalog.=) $1`,
    [source],
  );
  return settings.map(({ role, setting }) => {
    const [, name = "", value = ""] = /^([^=]+)=([\s\S]*)$/.exec(setting) ?? [];
    const whom =
      role === null
        ? `DATABASE ${quoteIdentifier(copy)}`
        : `ROLE ${quoteIdentifier(role)} IN DATABASE ${quoteIdentifier(copy)}`;
    const quoted = listSettings.has(name) ? value : quoteLiteral(value);
    return `ALTER ${whom} SET ${name} TO ${quoted === "" ? "''" : quoted}`;
  });
}
