import { queryCatalog } from "../session/catalog-path.ts";
import type { Database } from "../session/database.ts";
import { quoteName } from "../text/identifier.ts";

/** One object of a database and its definition, both as text, so that two catalogs can be compared. */
export interface CatalogObject {
  kind: string;
  name: string;
  definition: string;
}

/** The number of rows of a table. */
export interface TableRows {
  table: string;
  rows: number;
}

/**
 * Describes every object of the user's schemas, ordered by kind and name. On request it omits owners and privileges,
 * which a restore into another server leaves out.
 */
export async function readCatalog(
  database: Database,
  options: { withoutPrivileges?: boolean } = {},
): Promise<CatalogObject[]> {
  const query = options.withoutPrivileges === true ? catalogQuery.replace(privileges, "NULL") : catalogQuery;
  const objects = await queryCatalog<CatalogObject>(database, query);
  return objects.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Counts the rows of every table and materialized view exactly. Each partition is counted separately. */
export async function countRows(database: Database): Promise<TableRows[]> {
  const tables = await queryCatalog<{ schema: string; name: string }>(
    database,
    `SELECT n.nspname AS schema, c.relname AS name
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND ${isUserSchema} ORDER BY 1, 2`,
  );
  const counts: TableRows[] = [];
  for (const { schema, name } of tables) {
    const table = quoteName([schema, name]);
    const [row] = await database.query<{ count: string }>(`SELECT pg_catalog.count(*) FROM ONLY ${table}`);
    counts.push({ table, rows: Number(row?.count ?? 0) });
  }
  return counts;
}

/** Names the objects that differ between two catalogs. */
export function catalogDifferences(expected: CatalogObject[], actual: CatalogObject[]): string[] {
  const wanted = new Map(expected.map((object) => [keyOf(object), object.definition]));
  const found = new Map(actual.map((object) => [keyOf(object), object.definition]));
  return [
    ...[...wanted.keys()].filter((key) => !found.has(key)).map((key) => `${key} is missing`),
    ...[...found.keys()].filter((key) => !wanted.has(key)).map((key) => `${key} should not exist`),
    ...[...wanted.keys()]
      .filter((key) => found.has(key) && found.get(key) !== wanted.get(key))
      .map((key) => `${key} differs: ${found.get(key) ?? ""} instead of ${wanted.get(key) ?? ""}`),
  ];
}

function keyOf({ kind, name }: CatalogObject): string {
  return `${kind} ${name}`;
}

const isUserSchema = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;

/** The parts of the query below that show owners and privileges. */
const privileges = /\b(?:[nacp]\.(?:nspacl|relacl|attacl|proacl)|pg_get_userbyid\(c\.relowner\))/g;

const catalogQuery = `
SELECT 'schema' AS kind, quote_ident(n.nspname) AS name, coalesce(n.nspacl::text, '') AS definition
  FROM pg_catalog.pg_namespace n WHERE ${isUserSchema}
UNION ALL
SELECT 'extension', quote_ident(extname), extversion FROM pg_catalog.pg_extension
UNION ALL
SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' END,
       c.oid::regclass::text,
       concat_ws(' ', n.nspname, pg_get_userbyid(c.relowner), c.relpersistence, c.relacl::text, c.reloptions::text,
         CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
         pg_get_expr(c.relpartbound, c.oid), CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
         (SELECT concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
            FROM pg_catalog.pg_sequence s WHERE s.seqrelid = c.oid),
         obj_description(c.oid, 'pg_class'))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${isUserSchema}
UNION ALL
SELECT 'column', c.oid::regclass::text || '.' || quote_ident(a.attname),
       concat_ws(' ', row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
         CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_get_expr(d.adbin, d.adrelid), nullif(a.attidentity, ''),
         nullif(a.attgenerated, ''), a.attacl::text, a.attoptions::text,
         (SELECT quote_ident(collname) FROM pg_catalog.pg_collation WHERE oid = a.attcollation),
         col_description(c.oid, a.attnum))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${isUserSchema}
UNION ALL
SELECT 'index', i.indexrelid::regclass::text,
       concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END,
         CASE WHEN i.indisreplident THEN 'REPLICA IDENTITY' END)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${isUserSchema}
UNION ALL
SELECT 'constraint', concat_ws('.', coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text), quote_ident(k.conname)),
       pg_get_constraintdef(k.oid)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
 WHERE k.contype <> 'n' AND ${isUserSchema}
UNION ALL
SELECT 'trigger', t.tgrelid::regclass::text || '.' || quote_ident(t.tgname), concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${isUserSchema}
UNION ALL
SELECT 'rule', c.oid::regclass::text || '.' || quote_ident(r.rulename), pg_get_ruledef(r.oid)
  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN' AND ${isUserSchema}
UNION ALL
SELECT 'policy', p.polrelid::regclass::text || '.' || quote_ident(p.polname),
       concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
         pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${isUserSchema}
UNION ALL
SELECT 'function', p.oid::regprocedure::text,
       concat_ws(' ', CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END, p.proacl::text)
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ${isUserSchema}
UNION ALL
SELECT 'type', t.oid::regtype::text,
       concat_ws(' ', t.typtype, CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
         CASE WHEN t.typnotnull THEN 'NOT NULL' END, t.typdefault,
         (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype IN ('e', 'd', 'r') AND ${isUserSchema}`;
