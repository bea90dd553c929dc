import type { Database } from "../session/database.ts";

/** Which files hold which tables and indexes: a table that is rewritten gets another, an index that is built its first. */
export interface TableStorage {
  relations: string[];
  files: string[];
}

const kept = `c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m,i}') AND c.relpersistence OPERATOR(pg_catalog.<>) 't' AND c.relnamespace OPERATOR(pg_catalog.<>) ALL (
  SELECT oid FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.~~) 'pg\\_%' OR nspname OPERATOR(pg_catalog.=) 'information_schema')`;

/** Notes where tables and indexes are kept now. */
export async function readTableStorage(database: Database): Promise<TableStorage> {
  const [found] = await database.query<{ relations: string[] | null; files: string[] | null }>(
    `SELECT pg_catalog.array_agg(c.oid::pg_catalog.text ORDER BY c.oid) AS relations,
            pg_catalog.array_agg(c.relfilenode::pg_catalog.text ORDER BY c.oid) AS files
       FROM pg_catalog.pg_class c WHERE ${kept}`,
  );
  return { relations: found?.relations ?? [], files: found?.files ?? [] };
}

/** Of how many pages the planner takes a table to be of which it knows nothing: smaller ones it plans well as they are. */
const assumedPages = 10;

/**
 * The quoted names of the tables that have since been created, rewritten, or given an index, that are large enough for
 * their statistics to matter, and that this role may analyze; all but one, whose quoted name is given.
 */
export async function rewrittenTables(
  database: Database,
  before: TableStorage,
  except: string,
): Promise<string[]> {
  const found = await database.query<{ name: string }>(
    // Asking for a size waits for whoever has locked the table: only those that count are asked for.
    `WITH changed AS MATERIALIZED (
       SELECT DISTINCT t.oid, n.nspname, t.relname
         FROM pg_catalog.pg_class c
         LEFT JOIN ROWS FROM (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.oid[])) AS old (relation, file) ON old.relation OPERATOR(pg_catalog.=) c.oid
         LEFT JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) c.oid
         JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) coalesce(i.indrelid, c.oid)
         JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
        WHERE ${kept} AND t.oid OPERATOR(pg_catalog.<>) coalesce(pg_catalog.to_regclass($3)::pg_catalog.oid, 0)
          AND CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'i' THEN old.relation IS NULL
                   ELSE old.file IS NULL OR old.file OPERATOR(pg_catalog.<>) c.relfilenode END
          AND pg_catalog.pg_has_role(t.relowner, 'USAGE'))
     SELECT pg_catalog.format('%I.%I', nspname, relname) AS name FROM changed
      WHERE pg_catalog.pg_relation_size(oid) OPERATOR(pg_catalog.>) (${assumedPages} OPERATOR(pg_catalog.*) pg_catalog.current_setting('block_size')::pg_catalog.int8)
      ORDER BY 1`,
    [before.relations, before.files, except],
  );
  return found.map(({ name }) => name);
}
