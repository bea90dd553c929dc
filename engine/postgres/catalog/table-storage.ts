import type { Database } from "../session/database.ts";

/** The files of tables and indexes. A rewritten table gets another file, a new index its first. */
export interface TableStorage {
  relations: string[];
  files: string[];
}

const kept = `c.relkind OPERATOR(pg_catalog.=) ANY ('{r,m,i}') AND c.relpersistence OPERATOR(pg_catalog.<>) 't' AND c.relnamespace OPERATOR(pg_catalog.<>) ALL (
  SELECT oid FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.~~) 'pg\\_%' OR nspname OPERATOR(pg_catalog.=) 'information_schema')`;

/** Records the current files of tables and indexes. */
export async function readTableStorage(database: Database): Promise<TableStorage> {
  const [found] = await database.query<{ relations: string[] | null; files: string[] | null }>(
    `SELECT pg_catalog.array_agg(c.oid::pg_catalog.text ORDER BY c.oid) AS relations,
            pg_catalog.array_agg(c.relfilenode::pg_catalog.text ORDER BY c.oid) AS files
       FROM pg_catalog.pg_class c WHERE ${kept}`,
  );
  return { relations: found?.relations ?? [], files: found?.files ?? [] };
}

/** The number of pages that the planner assumes for a table without statistics. It plans smaller tables well anyway. */
const assumedPages = 10;

/**
 * The quoted names of the tables that were created, rewritten or given an index since then, except the one with the
 * given quoted name. They are large enough for statistics to matter, and this role may analyze them.
 */
export async function rewrittenTables(
  database: Database,
  before: TableStorage,
  except: string,
): Promise<string[]> {
  const found = await database.query<{ name: string }>(
    // Reading a size waits for locks on the table, so it is read only for relevant tables.
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
