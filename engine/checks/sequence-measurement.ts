import { sequenceDefaults } from "./sequence-defaults.ts";

/**
 * Common table expressions in SQL, recursive ones, the last of which, `measured`, has a row for each sequence and the column
 * that it is for: its default is the sequence's next value, or it owns the sequence and its default does not take from any.
 * `scope` is a condition on `t`, the table in pg_class, and `n`, its schema.
 */
export function measuredSequences(scope: string): string {
  return `${sequenceDefaults}, pairs AS (
      SELECT objid AS sequence, refobjid AS relation, refobjsubid::pg_catalog.int4 AS attribute, NULL::pg_catalog.text[] AS name
        FROM pg_catalog.pg_depend
       WHERE classid = ${pgClass} AND refclassid = ${pgClass} AND deptype IN ('a', 'i') AND refobjsubid > 0
         AND NOT EXISTS (SELECT FROM defaults WHERE adrelid = refobjid AND adnum = refobjsubid)
      UNION ALL
      SELECT d.refobjid, f.adrelid, f.adnum, NULL
        FROM defaults f
        JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
         AND d.refclassid = ${pgClass} AND d.deptype = 'n'
       WHERE f.plain AND f.name IS NULL
      UNION ALL
      SELECT ${sequenceByName}, f.adrelid, f.adnum, f.name FROM defaults f WHERE f.plain AND f.name IS NOT NULL
    ), used AS (
      SELECT s.seqincrement AS increment, s.seqmin, s.seqmax, n.nspname, t.relname, a.attname,
             sn.nspname AS sequence_schema, sc.relname AS sequence_relname, p.name,
             coalesce(${readable}, false) AS readable
        FROM pairs p
        LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = p.sequence
        LEFT JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid = p.relation AND t.relkind IN ('r', 'p')
        JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = p.relation AND a.attnum = p.attribute
       WHERE ${scope} AND (s.seqrelid IS NOT NULL OR p.name IS NOT NULL)
         -- Where values are to recur, none is beyond the others.
         AND s.seqcycle IS NOT TRUE AND a.atttypid IN (SELECT type FROM whole)
    ), read AS MATERIALIZED (
      SELECT used.*, CASE WHEN readable THEN pg_catalog.query_to_xml(pg_catalog.format(
               'SELECT (SELECT %s(%I) FROM %I.%I) AS extreme, last_value, is_called FROM %I.%I',
               CASE WHEN increment > 0 THEN 'pg_catalog.max' ELSE 'pg_catalog.min' END, attname, nspname, relname,
               sequence_schema, sequence_relname), false, true, '') END AS answer
        FROM used
    ), measured AS (
      SELECT numbers.*, last_value + CASE WHEN called THEN increment ELSE 0 END AS next_value
        FROM (SELECT pg_catalog.format('%I.%I', nspname, relname) AS table_name, attname::pg_catalog.text AS column_name,
                     CASE WHEN sequence_relname IS NULL THEN pg_catalog.array_to_string(name, '.')
                          ELSE pg_catalog.format('%I.%I', sequence_schema, sequence_relname) END AS sequence_name,
                     sequence_relname IS NOT NULL AS is_there, readable, increment, seqmin, seqmax,
                     ${answered("last_value")}::pg_catalog.numeric AS last_value,
                     ${answered("extreme")}::pg_catalog.numeric AS extreme,
                     ${answered("is_called")}::pg_catalog.bool AS called
                FROM read) AS numbers
    )`;
}

const pgClass = "'pg_catalog.pg_class'::pg_catalog.regclass";

/** By the connection's schema, as other names, or else by the table's own: what the application's sessions go by is unknown. */
const sequenceByName = `(
        SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace m ON m.oid = c.relnamespace
         WHERE c.relkind = 'S' AND c.relname = f.name[pg_catalog.array_length(f.name, 1)]
           AND CASE pg_catalog.array_length(f.name, 1) WHEN 2 THEN m.nspname = f.name[1] ELSE
                 m.nspname = ANY (pg_catalog.current_schemas(true)) OR m.oid =
                   (SELECT relnamespace FROM pg_catalog.pg_class WHERE pg_class.oid = f.adrelid) END
         ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), m.nspname) NULLS LAST LIMIT 1)`;

const readable = `(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_column_privilege(t.oid, a.attnum, 'SELECT')
  AND pg_catalog.has_schema_privilege(sn.oid, 'USAGE') AND pg_catalog.has_sequence_privilege(sc.oid, 'SELECT'))`;

/** A plain SELECT can only ask of a table that it does not know in advance by way of XML. */
function answered(member: string): string {
  return `(pg_catalog.xpath('/row/${member}/text()', answer))[1]::pg_catalog.text`;
}
