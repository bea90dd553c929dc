/**
 * Properties that ALTER can change and that PostgreSQL's own functions do not print. They are SQL expressions that are
 * NULL if nothing was changed. `c` is the relation, as in the query that contains them. Catalog columns that only some
 * versions have are read through JSON.
 */

/** When a trigger or a rule fires, unless only in ordinary sessions. */
export function firing(enabled: string): string {
  return `CASE ${enabled} WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'ENABLED REPLICA' WHEN 'A' THEN 'ENABLED ALWAYS' END`;
}

const parentOf = "coalesce((to_jsonb(t) ->> 'tgparentid')::oid, 0)";

/** Triggers that are not separate objects: those of constraints, and those that a partition has from its table. */
export const isInnerTrigger = `(t.tgisinternal OR ${parentOf} <> 0)`;

/**
 * Inner triggers of a table that fire differently from their origin: those of constraints, or those that a partition
 * has from its table. Versions name constraints of partitions differently.
 */
function innerTriggers(ofConstraints: boolean): string {
  return `
  (SELECT string_agg(DISTINCT concat('TRIGGER ', coalesce(r.conname, k.conname, t.tgname), ' ', coalesce(${firing("t.tgenabled")}, 'ENABLED')), ' ')
     FROM pg_trigger t
     LEFT JOIN pg_trigger o ON o.oid = ${parentOf}
     LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint
     LEFT JOIN pg_constraint r ON r.oid = k.conparentid
    WHERE t.tgrelid = c.oid AND ${isInnerTrigger} AND (t.tgconstraint <> 0) = ${ofConstraints}
      AND t.tgenabled <> coalesce(o.tgenabled, 'O'))`;
}

/** Changed constraint triggers of a partitioned table or a partition; `c` is the relation. */
export const partitionTriggers = `CASE WHEN c.relkind = 'p' OR c.relispartition THEN ${innerTriggers(true)} END`;

/** Of a relation. */
export const relationStates = `
  CASE WHEN c.reloftype <> 0 THEN 'OF ' || format_type(c.reloftype, NULL) END,
  (SELECT 'DETACH PENDING' FROM pg_inherits i WHERE i.inhrelid = c.oid AND to_jsonb(i) ->> 'inhdetachpending' = 'true'),
  (SELECT 'USING ' || quote_ident(m.amname) FROM pg_am m
    WHERE m.oid = c.relam AND m.amname <> current_setting('default_table_access_method')),
  (SELECT 'TOAST (' || string_agg(o, ', ' ORDER BY o) || ')'
     FROM pg_class s CROSS JOIN unnest(s.reloptions) AS o WHERE s.oid = c.reltoastrelid),
  (SELECT string_agg(quote_ident(a.attname) || ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ', ' ORDER BY a.attname)
     FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE c.relkind = 'v' AND d.adrelid = c.oid),
  (SELECT 'OWNED BY ' || d.refobjid::regclass::text || '.' || quote_ident(a.attname)
     FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')),
  ${innerTriggers(false)}, CASE WHEN c.relkind <> 'p' AND NOT c.relispartition THEN ${innerTriggers(true)} END`;

/** The statistics target of ANALYZE. Before version 17, -1 stood for the default. */
function statisticsTarget(target: string): string {
  return `nullif(${target}, -1)`;
}

/** Of a column, `a`. */
export const columnStates = `
  (SELECT 'STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END
     FROM pg_type t WHERE t.oid = a.atttypid AND t.typstorage <> a.attstorage),
  'COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
  'STATISTICS ' || ${statisticsTarget("a.attstattarget")},
  'OPTIONS ' || a.attfdwoptions::text`;

/** Of a column, `a`, that is NOT NULL. Before version 18 this applies to all its rows. */
export const notNullState = `
  (SELECT 'NOT VALID' FROM pg_constraint k
    WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum] AND NOT k.convalidated)`;

/** Of an index that has the row `i` in pg_index. */
export const indexStates = `
  CASE WHEN NOT i.indisvalid THEN 'INVALID' END, CASE WHEN i.indisclustered THEN 'CLUSTER' END,
  (SELECT 'STATISTICS ' || string_agg(concat(a.attnum, ': ', a.attstattarget), ', ' ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND ${statisticsTarget("a.attstattarget")} IS NOT NULL)`;

/** Of the index that enforces a constraint, `k`. */
export const constraintIndexStates = `
  (SELECT nullif(concat_ws(' ', ${indexStates},
            (SELECT 'WITH (' || string_agg(o, ', ' ORDER BY o) || ')' FROM unnest(x.reloptions) AS o)), '')
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x'))`;

/** Of a statistics object, `s`. */
export const statisticsState = `'STATISTICS ' || ${statisticsTarget("(to_jsonb(s) ->> 'stxstattarget')::int")}`;
