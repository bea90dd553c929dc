/**
 * Common table expressions in SQL, the last of which, `measured`, has a row for each sequence and the column that it is
 * for: owned by it, or its default. `scope` is a condition on `t`, the table in pg_class, and `n`, its schema.
 */
export function measuredSequences(scope: string): string {
  return `
    pairs AS (
      SELECT objid AS sequence, refobjid AS relation, refobjsubid AS attribute
        FROM pg_catalog.pg_depend
       WHERE classid = ${pgClass} AND refclassid = ${pgClass} AND deptype IN ('a', 'i') AND refobjsubid > 0
      UNION
      SELECT d.refobjid, f.adrelid, f.adnum
        FROM pg_catalog.pg_attrdef f
        JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
         AND d.refclassid = ${pgClass} AND d.deptype = 'n'
       WHERE pg_catalog.pg_get_expr(f.adbin, f.adrelid) LIKE 'nextval(%'
    ), used AS (
      SELECT s.seqincrement AS increment, n.nspname, t.relname, a.attname,
             sn.nspname AS sequence_schema, sc.relname AS sequence_relname,
             ${readable} AS readable
        FROM pairs p
        JOIN pg_catalog.pg_sequence s ON s.seqrelid = p.sequence
        JOIN pg_catalog.pg_class sc ON sc.oid = p.sequence
        JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = p.relation AND t.relkind IN ('r', 'p')
        JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = p.relation AND a.attnum = p.attribute
        JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
       WHERE ${scope}
         AND CASE y.typtype WHEN 'd' THEN y.typbasetype ELSE y.oid END = ANY (${wholeNumbers})
    ), read AS MATERIALIZED (
      SELECT used.*, CASE WHEN readable THEN pg_catalog.query_to_xml(pg_catalog.format(
               'SELECT (SELECT %s(%I) FROM %I.%I) AS extreme, last_value, is_called FROM %I.%I',
               CASE WHEN increment > 0 THEN 'pg_catalog.max' ELSE 'pg_catalog.min' END, attname, nspname, relname,
               sequence_schema, sequence_relname), false, true, '') END AS answer
        FROM used
    ), measured AS (
      SELECT table_name, column_name, sequence_name, readable, increment, last_value, extreme,
             last_value + CASE WHEN called THEN increment ELSE 0 END AS next_value
        FROM (SELECT pg_catalog.format('%I.%I', nspname, relname) AS table_name, attname::pg_catalog.text AS column_name,
                     pg_catalog.format('%I.%I', sequence_schema, sequence_relname) AS sequence_name, readable, increment,
                     ${answered("last_value")}::pg_catalog.numeric AS last_value,
                     ${answered("extreme")}::pg_catalog.numeric AS extreme,
                     ${answered("is_called")}::pg_catalog.bool AS called
                FROM read) AS numbers
    )`;
}

const pgClass = "'pg_catalog.pg_class'::pg_catalog.regclass";

const wholeNumbers = "'{smallint,integer,bigint,numeric}'::pg_catalog.regtype[]";

const readable = `(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_column_privilege(t.oid, a.attnum, 'SELECT')
  AND pg_catalog.has_schema_privilege(sn.oid, 'USAGE') AND pg_catalog.has_sequence_privilege(sc.oid, 'SELECT'))`;

/** A plain SELECT can only ask of a table that it does not know in advance by way of XML. */
function answered(member: string): string {
  return `(pg_catalog.xpath('/row/${member}/text()', answer))[1]::pg_catalog.text`;
}
