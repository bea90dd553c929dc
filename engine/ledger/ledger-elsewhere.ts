import { foreign } from "../foreign-text.ts";
import type { Queryable } from "../postgres/session/database.ts";
import { quoteIdentifier, quoteName } from "../postgres/text/identifier.ts";
import { LedgerError } from "./ledger-error.ts";

/** Identifies a ledger in any schema. */
export interface LedgerMark {
  /** The name of its table, without the schema. */
  table: string;
  columns: readonly string[];
}

/**
 * Throws a `LedgerError` if the server chose the schema and another schema holds a ledger with rows. Then the
 * migrations were applied with another search path, and all of them would be applied a second time. Call it if the
 * chosen ledger has no rows. Takes one query, and one for each such ledger.
 */
export async function requireNoLedgerElsewhere(database: Queryable, mark: LedgerMark): Promise<void> {
  const { schema, isSchemaGiven } = database.address;
  if (isSchemaGiven) return;
  const found = await ledgersElsewhere(database, mark);
  const filled: Elsewhere[] = [];
  for (const one of found) if (!one.readable || (await hasRows(database, one))) filled.push(one);
  const [first] = filled;
  if (first === undefined) return;
  const others = filled.map(
    ({ schema: other, readable }) =>
      `${foreign(quoteName([other, mark.table]))} has ${readable ? "rows" : "data that this role cannot read"}`,
  );
  throw new LedgerError(
    "LEDGER_IN_ANOTHER_SCHEMA",
    `The search path leads to the schema ${foreign(schema)}, whose ledger ${quoteName([schema, mark.table])} has no rows, but ` +
      `${others.join(", and ")}. Nothing was done. Name the schema of this folder's migrations in the ` +
      `connection: schema: ${foreign(first.schema)}, or schema: ${foreign(schema)} to start with an empty ledger there.`,
  );
}

interface Elsewhere {
  schema: string;
  table: string;
  /** True if this role can read its rows without running the code of a policy. */
  readable: boolean;
}

/** Tables without data are left out: they have no rows. */
async function ledgersElsewhere(database: Queryable, { table, columns }: LedgerMark): Promise<Elsewhere[]> {
  return database.query<Elsewhere>(
    `SELECT n.nspname AS schema, c.relname AS table,
            NOT c.relrowsecurity AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
              AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE c.relname OPERATOR(pg_catalog.=) $1 AND c.relkind OPERATOR(pg_catalog.=) 'r'
        AND n.nspname OPERATOR(pg_catalog.<>) $2 AND n.nspname OPERATOR(pg_catalog.!~) '^pg_'
        AND pg_catalog.pg_relation_size(c.oid) OPERATOR(pg_catalog.>) 0
        AND $3::pg_catalog.text[] OPERATOR(pg_catalog.<@) ARRAY(
              SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a
               WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped)
      ORDER BY n.nspname`,
    [table, database.address.schema, columns],
  );
}

async function hasRows(database: Queryable, { schema, table }: Elsewhere): Promise<boolean> {
  const rows = await database.query(
    `SELECT FROM ONLY ${quoteIdentifier(schema)}.${quoteIdentifier(table)} LIMIT 1`,
  );
  return rows.length > 0;
}
