import type { Database } from "../session/database.ts";
import { quoteLiteral, quoteName } from "../text/identifier.ts";

/** An index that one statement builds, rebuilds or drops CONCURRENTLY. */
export interface ConcurrentIndex {
  action: "build" | "rebuild" | "drop";
  /** Its quoted name, with the schema where the statement names one; for `rebuild` it can be that of a table. */
  name: string;
}

interface RangeVariable {
  schemaname?: string;
  relname?: string;
}

/** Reads which index a statement of PostgreSQL's parse tree is about; undefined where it names none. */
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

/** Whether a relation of that name is there at all: a DROP that was interrupted leaves its index, made invalid. */
export async function relationExists(database: Database, name: string): Promise<boolean> {
  return (await database.query(lookForRelation(name))).length > 0;
}

/** The query for that: it gives a row where there is such a relation. */
export function lookForRelation(name: string): string {
  return `SELECT WHERE pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`;
}

/**
 * The quoted names of the indexes that an interrupted or failed statement has left invalid: the one that it builds,
 * if it is one of the quoted `table`, or the copies that it rebuilds by. An index also looks invalid while another session builds it; that is left out.
 */
export async function invalidIndexes(
  database: Database,
  { action, name }: ConcurrentIndex,
  table?: string,
): Promise<string[]> {
  if (action === "drop") return [];
  // Looking closer takes the server some time to plan, and mostly there is no such index yet.
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

/** An index of the same name on another table was left by something else. */
function isOn(table: string | undefined): string {
  if (table === undefined) return "";
  return ` AND i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(${quoteLiteral(table)})`;
}

/** REINDEX builds under a name of its own and renames what it replaces, of partitions and TOAST tables as well. */
function isCopyFor(relation: string): string {
  return `c.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$' AND i.indrelid OPERATOR(pg_catalog.=) ANY (
    SELECT pg_catalog.unnest(ARRAY[t.oid, t.reltoastrelid])
      FROM (SELECT ${relation} AS oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(${relation})) AS named
      LEFT JOIN pg_catalog.pg_index of ON of.indexrelid OPERATOR(pg_catalog.=) named.oid
      JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) coalesce(of.indrelid, named.oid))`;
}
