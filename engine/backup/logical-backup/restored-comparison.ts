import {
  catalogDifferences,
  type CatalogObject,
  countRows,
  readCatalog,
  type TableRows,
} from "../../postgres/catalog/catalog.ts";
import { queryCatalog } from "../../postgres/session/catalog-path.ts";
import type { Database } from "../../postgres/session/database.ts";
import { BackupError } from "../backup.ts";
import { foreign } from "../../foreign-text.ts";

/** The restored database and the original. */
export interface RestoredComparison {
  original: Database;
  restored: Database;
  /** Rows visible in this snapshot existed before pg_dump started. */
  snapshot: string;
  /** True if both servers have the same major version and so spell definitions alike. */
  sameVersion: boolean;
  /** True if policies are left out. */
  withoutPolicies: boolean;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Compares the catalog of the restored database with the original's, and looks for tables that came back empty. The
 * application keeps writing: different row counts are reported, not refused. Rejects with a `BackupError`.
 */
export async function compareRestored(
  comparison: RestoredComparison,
): Promise<{ objects: number; tables: number; rows: number }> {
  const { original, restored, onProgress } = comparison;
  const [expected, actual] = [
    await readComparable(original, comparison),
    await readComparable(restored, comparison),
  ];
  const differences = catalogDifferences(expected, actual);
  const counts = await countRows(restored);
  const differing = differingCounts(await countRows(original), counts);
  for (const { table } of differing.filter(({ restoredRows }) => restoredRows === 0))
    if (await hadRows(original, table, comparison.snapshot))
      differences.push(`${foreign(table)} came back empty`);
  if (differences.length > 0)
    throw new BackupError(
      "BACKUP_DIFFERS",
      `The restored archive differs from the original: ${differences.slice(0, 5).join("; ")}` +
        `${differences.length > 5 ? `; and ${differences.length - 5} more` : ""}. If someone changed ` +
        `the schema in the meantime, run pulumi up again.`,
    );
  if (differing.length > 0) onProgress?.(describeCounts(differing));
  return {
    objects: actual.length,
    tables: counts.length,
    rows: counts.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/**
 * The catalog without what an archive does not restore: versions and members of extensions, which depend on the server,
 * and the content of template0.
 */
async function readComparable(
  database: Database,
  { sameVersion, withoutPolicies }: RestoredComparison,
): Promise<CatalogObject[]> {
  const rows = await queryCatalog<{ name: string; contains: boolean }>(database, extensionMembers);
  const members = new Set(rows.map(({ name }) => name));
  // Columns of a member table, and everything in a member schema. A type may have the same name as a user's schema.
  const containers = rows.filter(({ contains }) => contains).map(({ name }) => `${name}.`);
  const isMember = (name: string) =>
    members.has(name) || containers.some((container) => name.startsWith(container));
  return (
    (await readCatalog(database, { withoutPrivileges: true }))
      .filter(
        ({ kind, name }) =>
          !(name === "public" && kind === "schema") && !(name === "plpgsql" && kind === "extension"),
      )
      .filter(
        ({ kind, name }) =>
          !(withoutPolicies && kind === "policy") && (kind === "extension" || !isMember(name)),
      )
      .map((object) => (sameVersion && object.kind !== "extension" ? object : { ...object, definition: "" }))
      // What is quoted differs between versions, too, as each has keywords of its own.
      .map((object) => (sameVersion ? object : { ...object, name: object.name.replaceAll('"', "") }))
  );
}

/** Names as the catalog spells them. */
const extensionMembers = `
SELECT CASE classid WHEN 'pg_catalog.pg_class'::regclass THEN objid::regclass::text
                    WHEN 'pg_catalog.pg_proc'::regclass THEN objid::regprocedure::text
                    WHEN 'pg_catalog.pg_type'::regclass THEN objid::regtype::text
                    WHEN 'pg_catalog.pg_namespace'::regclass THEN
                      (SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace WHERE oid = objid) END AS name,
       classid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_namespace'::regclass) AS contains
  FROM pg_catalog.pg_depend
 WHERE deptype = 'e' AND classid IN ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_proc'::regclass,
                                     'pg_catalog.pg_type'::regclass, 'pg_catalog.pg_namespace'::regclass)
UNION
SELECT indexrelid::regclass::text, false FROM pg_catalog.pg_index i JOIN pg_catalog.pg_depend d
    ON d.deptype = 'e' AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indrelid`;

interface DifferingCount extends TableRows {
  restoredRows: number;
}

function differingCounts(original: TableRows[], restored: TableRows[]): DifferingCount[] {
  const counts = new Map(restored.map(({ table, rows }) => [table, rows]));
  return original
    .map((count) => ({ ...count, restoredRows: counts.get(count.table) ?? 0 }))
    .filter(({ rows, restoredRows }) => rows !== restoredRows);
}

/**
 * True if a table holds a row that existed before pg_dump started and was not touched since. Its transaction is older
 * than the snapshot's end and was not running then. A row stores only 32 bits of its transaction.
 */
async function hadRows(original: Database, table: string, snapshot: string): Promise<boolean> {
  const rows = await original.query(
    `WITH snapshot AS (SELECT $1::pg_catalog.txid_snapshot AS s)
     SELECT FROM ONLY ${table} AS t, snapshot
      WHERE pg_catalog.age(t.xmin) OPERATOR(pg_catalog.>)
            pg_catalog.age((pg_catalog.txid_snapshot_xmax(s) OPERATOR(pg_catalog.%) 4294967296)::pg_catalog.text::pg_catalog.xid)
        AND t.xmin::pg_catalog.text OPERATOR(pg_catalog.<>) ALL (
              SELECT (running OPERATOR(pg_catalog.%) 4294967296)::pg_catalog.text FROM pg_catalog.txid_snapshot_xip(s) AS running)
      LIMIT 1`,
    [snapshot],
  );
  return rows.length > 0;
}

function describeCounts(differing: DifferingCount[]): string {
  const shown = differing
    .slice(0, 5)
    .map(({ table, rows, restoredRows }) => `${foreign(table)} ${restoredRows} (now ${rows})`)
    .join(", ");
  return `rows were written after the backup started: ${shown}${differing.length > 5 ? ", ..." : ""}`;
}
