import type { Queryable } from "../postgres/session/database.ts";
import { quoteIdentifier, quoteLiteral } from "../postgres/text/identifier.ts";
import { isUntrusted, trustedRoles } from "../postgres/session/trusted-roles.ts";
import { LedgerError } from "./ledger-error.ts";

const ownedBy = (owner: string): string =>
  `', owned by ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(${owner}))`;

/** All parts of a table that have an expression: defaults, generated columns, constraints and indexes. */
const expressions = `
  SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::pg_catalog.oid AS class, d.oid FROM pg_catalog.pg_attrdef d
   WHERE d.adrelid OPERATOR(pg_catalog.=) c.oid
   UNION ALL
  SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid, k.oid FROM pg_catalog.pg_constraint k
   WHERE k.conrelid OPERATOR(pg_catalog.=) c.oid
   UNION ALL
  -- Before PostgreSQL 15, a generated column depends on functions by itself.
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid
   UNION ALL
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, i.indexrelid FROM pg_catalog.pg_index i
   WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid`;

/** The functions that a table's expressions call, operators included. */
const calledFunctions = `
  SELECT p.proname AS name, p.proowner AS owner
    FROM (${expressions}) AS e
    JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) e.class AND d.objid OPERATOR(pg_catalog.=) e.oid
    LEFT JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) d.refobjid
         AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
    JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) coalesce(o.oprcode, CASE
         WHEN d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass THEN d.refobjid END)`;

const kinds = `CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'v' THEN 'a view'
                    WHEN c.relkind OPERATOR(pg_catalog.=) 'm' THEN 'a materialized view'
                    WHEN c.relkind OPERATOR(pg_catalog.=) 'f' THEN 'a foreign table'
                    WHEN c.relkind OPERATOR(pg_catalog.=) 'p' THEN 'a partitioned table' ELSE 'no table' END`;

/**
 * An SQL expression for the parts that another role could have planted in a table or in its place, as an array of
 * texts. NULL for an ordinary table without hidden effects. `relation` is the table's OID in SQL.
 */
export function untrustedParts(relation: string): string {
  return `(${trustedRoles}
  SELECT pg_catalog.array_agg(part.found) FROM pg_catalog.pg_class c CROSS JOIN LATERAL (
    SELECT 'it is ' OPERATOR(pg_catalog.||) ${kinds} AS found WHERE c.relkind OPERATOR(pg_catalog.<>) 'r'
     UNION ALL
    SELECT 'it is' OPERATOR(pg_catalog.||) pg_catalog.substr(${ownedBy("c.relowner")}, 2) WHERE ${isUntrusted("c.relowner")}
     UNION ALL
    SELECT 'its trigger ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(t.tgname) OPERATOR(pg_catalog.||) ' calls '
           OPERATOR(pg_catalog.||) pg_catalog.quote_ident(p.proname) OPERATOR(pg_catalog.||) ${ownedBy("p.proowner")}
      FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) t.tgfoid
     WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal AND ${isUntrusted("p.proowner")}
     UNION ALL
    SELECT 'it has the rule ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(r.rulename) FROM pg_catalog.pg_rewrite r
     WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid AND r.rulename OPERATOR(pg_catalog.<>) '_RETURN'
     UNION ALL
    SELECT 'its row security hides rows from this role' WHERE pg_catalog.row_security_active(c.oid)
     UNION ALL
    SELECT 'its column ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(a.attname) OPERATOR(pg_catalog.||) ' is of the type '
           OPERATOR(pg_catalog.||) pg_catalog.format_type(a.atttypid, NULL) OPERATOR(pg_catalog.||) ${ownedBy("y.typowner")}
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid OPERATOR(pg_catalog.=) a.atttypid
     WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0 AND ${isUntrusted("y.typowner")}
     UNION ALL
    SELECT 'an expression of it calls ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(f.name)
           OPERATOR(pg_catalog.||) ${ownedBy("f.owner")}
      FROM (${calledFunctions}) AS f WHERE ${isUntrusted("f.owner")}
  ) AS part WHERE c.oid OPERATOR(pg_catalog.=) ${relation})`;
}

/**
 * A statement that fails if another role could have planted a part of a table, for transactions that read no results.
 */
export function refuseUntrusted(table: string): string {
  const relation = `pg_catalog.to_regclass(${quoteLiteral(table)})`;
  return `SELECT (${quoteLiteral(`${table} is not to be trusted: `)} OPERATOR(pg_catalog.||) untrusted)::pg_catalog.int4
            FROM (SELECT pg_catalog.array_to_string(${untrustedParts(relation)}, '; ') AS untrusted) AS found
           WHERE untrusted IS NOT NULL`;
}

/** Throws a `LedgerError` if another role could have planted a part of a table. Call it before reading the table. */
export function requireTrusted(
  { address }: Pick<Queryable, "address">,
  table: string,
  untrusted: readonly string[] | null | undefined,
): void {
  if (untrusted === null || untrusted === undefined) return;
  const [{ user }, role] = [address, quoteIdentifier(address.user)];
  throw new LedgerError(
    "LEDGER_NOT_TRUSTED",
    `${user} cannot trust the table ${table}: ${untrusted.join("; ")}. ` +
      `Reading or writing it could run code of another role with the rights of ${user}, so nothing was read. ` +
      `Inspect it with \\d+ ${table} in psql. If it is yours, remove the parts named here, and give the table to a role ` +
      `that ${user} is a member of: ALTER TABLE ${table} OWNER TO ${role};`,
  );
}
