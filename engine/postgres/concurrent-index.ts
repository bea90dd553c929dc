import type { Database } from "./database.ts";
import { quoteLiteral, quoteName } from "./identifier.ts";

/** An index that one statement builds or drops CONCURRENTLY. */
export interface ConcurrentIndex {
  action: "build" | "drop";
  /** The quoted name, with the schema where the statement names one. */
  name: string;
}

/** What stands in the catalog under an index's name. */
export type IndexState = "missing" | "valid" | "invalid" | "being-built";

/** Reads which index a statement of PostgreSQL's parse tree is about; undefined where it is about none by name. */
export function concurrentIndexOf(type: string, node: Record<string, unknown>): ConcurrentIndex | undefined {
  if (type === "IndexStmt") {
    const { idxname, relation } = node as { idxname?: string; relation?: { schemaname?: string } };
    if (idxname === undefined) return undefined;
    const schema = relation?.schemaname;
    return { action: "build", name: quoteName(schema === undefined ? [idxname] : [schema, idxname]) };
  }
  if (type === "DropStmt") {
    const { objects = [] } = node as { objects?: { List?: { items: { String?: { sval: string } }[] } }[] };
    const parts = objects[0]?.List?.items.map((item) => item.String?.sval ?? "") ?? [];
    return objects.length === 1 ? { action: "drop", name: quoteName(parts) } : undefined;
  }
  return undefined;
}

/** Looks at an index: an interrupted build leaves it invalid, and so it looks while another session builds it. */
export async function stateOfIndex(database: Database, name: string): Promise<IndexState> {
  const [found] = await database.query<{ valid: boolean; building: boolean }>(
    `SELECT i.indisvalid AS valid,
            EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) AS building
       FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass(${quoteLiteral(name)})`,
  );
  if (found === undefined) return "missing";
  if (found.valid) return "valid";
  return found.building ? "being-built" : "invalid";
}
