import { sequenceDefaults } from "./sequence-defaults.ts";

/**
 * Recursive common table expressions in SQL. The last one, `measured`, has a row for each sequence and the column it
 * serves. Either the column's default is the sequence's next value, or the column owns the sequence and its default
 * uses none.
 *
 * `scope` is a condition on `t`, the table in pg_class, and `n`, its schema.
 */
export function measuredSequences(scope: string): string {
  return `${sequenceDefaults}, pairs AS (
      SELECT objid AS sequence, refobjid AS relation, refobjsubid::pg_catalog.int4 AS attribute, NULL::pg_catalog.text[] AS name
        FROM pg_catalog.pg_depend
       WHERE classid OPERATOR(pg_catalog.=) ${pgClass} AND refclassid OPERATOR(pg_catalog.=) ${pgClass} AND deptype OPERATOR(pg_catalog.=) ANY ('{a,i}') AND refobjsubid OPERATOR(pg_catalog.>) 0
         AND NOT EXISTS (SELECT FROM defaults WHERE adrelid OPERATOR(pg_catalog.=) refobjid AND adnum OPERATOR(pg_catalog.=) refobjsubid)
      UNION ALL
      SELECT d.refobjid, f.adrelid, f.adnum, NULL
        FROM defaults f
        JOIN pg_catalog.pg_depend d ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid OPERATOR(pg_catalog.=) f.oid
         AND d.refclassid OPERATOR(pg_catalog.=) ${pgClass} AND d.deptype OPERATOR(pg_catalog.=) 'n'
       WHERE f.plain AND f.name IS NULL
      UNION ALL
      SELECT ${sequenceByName}, f.adrelid, f.adnum, f.name FROM defaults f WHERE f.plain AND f.name IS NOT NULL
    ), used AS (
      SELECT s.seqincrement AS increment, s.seqmin, s.seqmax, n.nspname, t.relname, a.attname,
             sn.nspname AS sequence_schema, sc.relname AS sequence_relname, p.name,
             coalesce(${readable}, false) AS readable
        FROM pairs p
        LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid OPERATOR(pg_catalog.=) p.sequence
        LEFT JOIN pg_catalog.pg_class sc ON sc.oid OPERATOR(pg_catalog.=) s.seqrelid
        LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid OPERATOR(pg_catalog.=) sc.relnamespace
        JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) p.relation AND t.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}')
        JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) p.relation AND a.attnum OPERATOR(pg_catalog.=) p.attribute
       WHERE ${scope} AND (s.seqrelid IS NOT NULL OR p.name IS NOT NULL)
         -- Where values are to recur, none is beyond the others.
         AND s.seqcycle IS NOT TRUE AND a.atttypid OPERATOR(pg_catalog.=) ANY (SELECT type FROM whole)
    ), read AS MATERIALIZED (
      SELECT used.*, CASE WHEN readable THEN pg_catalog.query_to_xml(pg_catalog.format(
               'SELECT (SELECT %s(%I) FROM %I.%I) AS extreme, last_value, is_called FROM %I.%I',
               CASE WHEN increment OPERATOR(pg_catalog.>) 0 THEN 'pg_catalog.max' ELSE 'pg_catalog.min' END, attname, nspname, relname,
               sequence_schema, sequence_relname), false, true, '') END AS answer
        FROM used
    ), measured AS (
      SELECT numbers.*, last_value OPERATOR(pg_catalog.+) CASE WHEN called THEN increment ELSE 0 END AS next_value
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

/**
 * Resolved by the connection's schema, as other names are, or else by the table's own: the search path of the
 * application's sessions is unknown.
 */
const sequenceByName = `(
        SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace m ON m.oid OPERATOR(pg_catalog.=) c.relnamespace
         WHERE c.relkind OPERATOR(pg_catalog.=) 'S' AND c.relname OPERATOR(pg_catalog.=) f.name[pg_catalog.array_length(f.name, 1)]
           AND CASE WHEN pg_catalog.array_length(f.name, 1) OPERATOR(pg_catalog.=) 2 THEN m.nspname OPERATOR(pg_catalog.=) f.name[1] ELSE
                 m.nspname OPERATOR(pg_catalog.=) ANY (pg_catalog.current_schemas(true)) OR m.oid OPERATOR(pg_catalog.=)
                   (SELECT relnamespace FROM pg_catalog.pg_class WHERE pg_class.oid OPERATOR(pg_catalog.=) f.adrelid) END
         ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), m.nspname) NULLS LAST LIMIT 1)`;

const readable = `(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_column_privilege(t.oid, a.attnum, 'SELECT')
  AND pg_catalog.has_schema_privilege(sn.oid, 'USAGE') AND pg_catalog.has_sequence_privilege(sc.oid, 'SELECT')
  AND NOT pg_catalog.row_security_active(t.oid))`;

/** A plain SELECT can query a table that is not known in advance only by means of XML. */
function answered(member: string): string {
  return `(pg_catalog.xpath('/row/${member}/text()', answer))[1]::pg_catalog.text`;
}
