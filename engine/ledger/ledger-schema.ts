import type { Queryable } from "../postgres/session/database.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";

/** Creates the connection's schema where it is missing. */
export async function createSchema(database: Queryable, schema = database.address.schema): Promise<void> {
  const [found] = await database.query(
    `SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1`,
    [schema],
  );
  // Asked for first, since even IF NOT EXISTS takes the privilege to create one.
  if (found === undefined) await database.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
}

/**
 * A subquery for one table that stands in the schema $2 and is not the ledger's own, which are named in the array $3:
 * where there is no ledger, the database was not made by these migrations.
 */
// The tables of extensions, such as PostGIS's, are nobody's migrations.
export const tableWithoutLedger = `
SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
 WHERE n.nspname OPERATOR(pg_catalog.=) $2 AND c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relname OPERATOR(pg_catalog.<>) ALL ($3::pg_catalog.text[])
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid OPERATOR(pg_catalog.=) c.oid AND d.deptype OPERATOR(pg_catalog.=) 'e')
 ORDER BY c.relname LIMIT 1`;
