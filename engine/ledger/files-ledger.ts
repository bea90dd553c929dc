import type { Folder } from "../folder/folder.ts";
import type { Database } from "../postgres/session/database.ts";
import { requireNoLedgerElsewhere } from "./ledger-elsewhere.ts";
import { requireTrusted, untrustedParts } from "./table-trust.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";

/** A folder that only its own tool can read. Only its changes are known. */
export interface FilesFolder {
  dir: string;
  /** SHA-256 over all of its files. */
  digest: string;
}

export interface FilesLedger {
  /** The table's quoted, qualified name. */
  table: string;
  exists: boolean;
  /** The digest of the last run; undefined if there was none. */
  digest: string | undefined;
}

/** Its table's name, without the schema. */
export const filesLedgerName = "_pulumi_pg_migrations_files";

/** True if only the files of a folder are known. */
export function isFilesFolder(folder: FilesFolder | Folder): folder is FilesFolder {
  return !("migrations" in folder);
}

/**
 * Reads the digest of the last run, with two queries. If the digest differs, the tool has work to do. Rejects with a
 * `LedgerError` if the ledger may be in another schema.
 */
export async function readFilesLedger(database: Database): Promise<FilesLedger> {
  const table = tableOf(database);
  const [found] = await database.query<{ exists: boolean; untrusted: string[] | null }>(
    `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS exists, ${untrustedParts("pg_catalog.to_regclass($1)")} AS untrusted`,
    [table],
  );
  requireTrusted(database, table, found?.untrusted);
  const exists = found?.exists === true;
  const [newest] = exists
    ? await database.query<{ digest: string }>(`SELECT digest FROM ${table} ORDER BY id DESC LIMIT 1`)
    : [];
  if (newest === undefined)
    await requireNoLedgerElsewhere(database, { table: filesLedgerName, columns: ["id", "digest"] });
  return { table, exists, digest: newest?.digest };
}

/**
 * Records a run for these files. The record is in the database, as every ledger is, so a restored database is brought
 * up to date again and a failed run is repeated. The schema must exist.
 */
export async function recordFiles(
  database: Database,
  { digest }: Pick<FilesFolder, "digest">,
): Promise<void> {
  const { table, exists } = await readFilesLedger(database);
  if (!exists)
    await database.execute(
      `CREATE TABLE ${table} (
         id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
         digest pg_catalog.text NOT NULL,
         recorded_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now()
       )`,
    );
  await database.query(`INSERT INTO ${table} (digest) VALUES ($1)`, [digest]);
}

function tableOf({ address }: Database): string {
  return `${quoteIdentifier(address.schema)}.${quoteIdentifier(filesLedgerName)}`;
}
