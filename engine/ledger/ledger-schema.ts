import type { Queryable } from "../postgres/session/database.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";

/** Creates the connection's schema if it does not exist. */
export async function createSchema(database: Queryable, schema = database.address.schema): Promise<void> {
  const [found] = await database.query(
    `SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1`,
    [schema],
  );
  // Checked first, because even IF NOT EXISTS needs the privilege to create a schema.
  if (found === undefined) await database.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
}

/**
 * A subquery for one table in the schema $2 that is not one of the ledger's own tables, named in the array $3. If such
 * a table exists without a ledger, these migrations did not make the database.
 */
// The tables of extensions, such as PostGIS's, belong to no migration.
export const tableWithoutLedger = `
SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
 WHERE n.nspname OPERATOR(pg_catalog.=) $2 AND c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relname OPERATOR(pg_catalog.<>) ALL ($3::pg_catalog.text[])
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e')
 ORDER BY c.relname LIMIT 1`;
