import type { Database } from "../session/database.ts";
import { quoteLiteral, quoteName } from "../text/identifier.ts";

/** An index that one statement builds, rebuilds or drops CONCURRENTLY. */
export interface ConcurrentIndex {
  action: "build" | "rebuild" | "drop";
  /** Its quoted name, with the schema if the statement names one. For `rebuild` it can be a table's name. */
  name: string;
}

interface RangeVariable {
  schemaname?: string;
  relname?: string;
}

/** Reads the index from a statement of PostgreSQL's parse tree; undefined if the statement names none. */
export function concurrentIndexOf(type: string, node: Record<string, unknown>): ConcurrentIndex | undefined {
  const { relation = {} } = node as { relation?: RangeVariable };
  const schema = relation.schemaname === undefined ? [] : [relation.schemaname];
  if (type === "IndexStmt") {
    const { idxname } = node as { idxname?: string };
    return idxname === undefined ? undefined : { action: "build", name: quoteName([...schema, idxname]) };
  }
  if (type === "ReindexStmt") {
    const { relname } = relation;
    return relname === undefined ? undefined : { action: "rebuild", name: quoteName([...schema, relname]) };
  }
  if (type === "DropStmt") {
    const { objects = [] } = node as { objects?: { List?: { items: { String?: { sval: string } }[] } }[] };
    const parts = objects[0]?.List?.items.map((item) => item.String?.sval ?? "") ?? [];
    return objects.length === 1 ? { action: "drop", name: quoteName(parts) } : undefined;
  }
  return undefined;
}

/** True if a relation of that name exists. An interrupted DROP leaves its index behind, marked invalid. */
export async function relationExists(database: Database, name: string): Promise<boolean> {
  return (await database.query(lookForRelation(name))).length > 0;
}

/** The query for that: it returns a row if the relation exists. */
export function lookForRelation(name: string): string {
  return `SELECT WHERE pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`;
}

/**
 * The quoted names of the indexes that an interrupted or failed statement has left invalid. These are the index that it
 * builds, if it is on the quoted `table`, or the copies that it rebuilds with. An index that another session is
 * building also looks invalid; it is left out.
 */
export async function invalidIndexes(
  database: Database,
  { action, name }: ConcurrentIndex,
  table?: string,
): Promise<string[]> {
  if (action === "drop") return [];
  // The full query takes the server some time to plan, and usually there is no such index yet.
  if (action === "build" && !(await relationExists(database, name))) return [];
  const relation = `pg_catalog.to_regclass(${quoteLiteral(name)})`;
  const found = await database.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name
       FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
       JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
      WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i' AND ${action === "rebuild" ? isCopyFor(relation) : `c.oid OPERATOR(pg_catalog.=) ${relation}${isOn(table)}`}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid OPERATOR(pg_catalog.=) i.indexrelid)`,
  );
  return found.map(({ schema, name: index }) => quoteName([schema, index]));
}

/** An index of the same name on another table has another origin. */
function isOn(table: string | undefined): string {
  if (table === undefined) return "";
  return ` AND i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(table)})`;
}

/** REINDEX builds under a new name and then renames, for partitions and TOAST tables too. */
function isCopyFor(relation: string): string {
  return `c.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$' AND i.indrelid OPERATOR(pg_catalog.=) ANY (
    SELECT pg_catalog.unnest(ARRAY[t.oid, t.reltoastrelid])
      FROM (SELECT ${relation} AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(${relation})) AS named
      LEFT JOIN pg_catalog.pg_index of ON of.indexrelid OPERATOR(pg_catalog.=) named.oid
      JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) coalesce(of.indrelid, named.oid))`;
}
