import type { Connection } from "../../postgres/session/connection.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { BackupError } from "../backup.ts";
import { foreign } from "../../foreign-text.ts";

/** Relations that pg_dump reads and the role cannot read completely. */
const unreadableQuery = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, current_user AS role,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
 WHERE c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,S}') AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
   AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema' AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e')
   AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            AND NOT pg_catalog.row_security_active(c.oid))
 ORDER BY 3, 1`;

/** Rejects with a `BackupError` that names the tables and sequences which the role cannot read, or not all rows of. */
export async function requireReadable(connection: Connection): Promise<void> {
  const unreadable = await withDatabase(connection, (session) =>
    session.query<{ name: string; role: string; readable: boolean }>(unreadableQuery),
  );
  const [first] = unreadable;
  if (first === undefined) return;
  const { role, readable } = first;
  const names = unreadable.filter((relation) => relation.readable === readable).map(({ name }) => name);
  const shown = `${names
    .slice(0, 5)
    .map((name) => foreign(name))
    .join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
  throw new BackupError(
    "DATABASE_UNREADABLE",
    readable
      ? `Row-level security hides rows of ${shown} from the role ${role}, so pg_dump would refuse to dump ` +
          `them. Dump as their owner (without FORCE ROW LEVEL SECURITY), or give the role BYPASSRLS.`
      : `The role ${role} cannot read ${shown}, so pg_dump would fail. Grant it USAGE on the schemas and ` +
          `SELECT on all tables and sequences, or from PostgreSQL 14 the role pg_read_all_data.`,
  );
}
