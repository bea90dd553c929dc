import type { Database } from "./database.ts";
import { quoteLiteral, quoteName } from "./identifier.ts";

/** An index that one statement builds or drops CONCURRENTLY. */
export interface ConcurrentIndex {
  action: "build" | "drop";
  /** The quoted name, with the schema where the statement names one; undefined where the server makes it up. */
  name: string | undefined;
  /** The quoted table that it is built on. */
  table?: string;
}

/** Reads which index a statement of PostgreSQL's parse tree is about; undefined where it is about none. */
export function concurrentIndexOf(type: string, node: Record<string, unknown>): ConcurrentIndex | undefined {
  if (type === "IndexStmt") {
    const { idxname, relation } = node as {
      idxname?: string;
      relation?: { schemaname?: string; relname?: string };
    };
    const schema = relation?.schemaname === undefined ? [] : [relation.schemaname];
    return {
      action: "build",
      name: idxname === undefined ? undefined : quoteName([...schema, idxname]),
      table: quoteName([...schema, relation?.relname ?? ""]),
    };
  }
  if (type === "DropStmt") {
    const { objects = [] } = node as { objects?: { List?: { items: { String?: { sval: string } }[] } }[] };
    const parts = objects[0]?.List?.items.map((item) => item.String?.sval ?? "") ?? [];
    return objects.length === 1 ? { action: "drop", name: quoteName(parts) } : undefined;
  }
  return undefined;
}

/** Whether an index exists and is of use. */
export async function isValidIndex(database: Database, name: string): Promise<boolean> {
  const found = await database.query(
    `SELECT FROM pg_catalog.pg_index WHERE indisvalid AND indexrelid = pg_catalog.to_regclass(${quoteLiteral(name)})`,
  );
  return found.length > 0;
}

/** Whether a relation of that name is there at all: a DROP that was interrupted leaves its index, made invalid. */
export async function relationExists(database: Database, name: string): Promise<boolean> {
  const found = await database.query(
    `SELECT WHERE pg_catalog.to_regclass(${quoteLiteral(name)}) IS NOT NULL`,
  );
  return found.length > 0;
}

/**
 * The quoted names of what an interrupted build has left: an invalid index of that name or, where the statement
 * gives none, those of its table. An index also looks invalid while another session builds it; that is left out.
 */
export async function invalidIndexes(database: Database, index: ConcurrentIndex): Promise<string[]> {
  const { name, table = "" } = index;
  const matches =
    name === undefined
      ? `i.indrelid = pg_catalog.to_regclass(${quoteLiteral(table)})`
      : `i.indexrelid = pg_catalog.to_regclass(${quoteLiteral(name)})`;
  const found = await database.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name
       FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT i.indisvalid AND ${matches}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)`,
  );
  return found.map(({ schema, name: index }) => quoteName([schema, index]));
}
