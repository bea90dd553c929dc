import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { filesDigest } from "../folder/files-digest.ts";
import { type Folder, type FolderFormat, readFolder } from "../folder/folder.ts";
import { FolderError } from "../folder/folder-error.ts";
import type { Database } from "../postgres/database.ts";
import { requireNoLedgerElsewhere } from "../ledger/ledger-elsewhere.ts";
import { requireTrusted, untrustedParts } from "../ledger/table-trust.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";

/** A folder that only its own tool can read: all that is known of it is whether it has changed. */
export interface FilesFolder {
  dir: string;
  /** SHA-256 over all of its files. */
  digest: string;
}

/** What the ledger of such a folder says. */
export interface FilesLedger {
  /** The table's quoted, qualified name. */
  table: string;
  exists: boolean;
  /** The digest that the last run was for; undefined where there was none. */
  digest: string | undefined;
}

/** Its table's name, without the schema. */
export const filesLedgerName = "_pulumi_pg_migrations_files";

/** When a folder is taken for one of which nothing but its files is known; `unless-known`: where it has no format. */
export type FilesMode = "always" | "unless-known";

/** Which folder, and how it is read. */
export interface FolderRequest {
  dir: string;
  /** Default: found out from the folder. */
  format?: FolderFormat | undefined;
  /** When it is taken for mere files. Default: never. */
  files?: FilesMode | undefined;
}

/** Reads a folder, in its own format or, for a tool, as mere files. Rejects with a `FolderError`. */
export async function readCommandFolder({
  dir,
  format,
  files,
}: FolderRequest): Promise<FilesFolder | Folder> {
  if (files === "always") return readFilesFolder(dir);
  if (files === undefined || format !== undefined) return readFolder({ dir, format });
  const known = await readFolder({ dir }).catch((error: unknown) => {
    if (error instanceof FolderError && isOfUnknownFormat(error)) return undefined;
    throw error;
  });
  // No tool but this package keeps the ledger of numbered files.
  const isTools = known !== undefined && known.migrations.length > 0 && known.format !== "numbered";
  return isTools ? known : readFilesFolder(dir);
}

function isOfUnknownFormat({ code }: FolderError): boolean {
  return ["FOLDER_EMPTY", "FORMAT_AMBIGUOUS", "NEEDS_ITS_TOOL"].includes(code);
}

/** Whether nothing but the files of a folder is known. */
export function isFilesFolder(folder: FilesFolder | Folder): folder is FilesFolder {
  return !("migrations" in folder);
}

async function readFilesFolder(dir: string): Promise<FilesFolder> {
  const status = await stat(dir).catch(() => undefined);
  if (status?.isDirectory() === true) return { dir, digest: await filesDigest(dir) };
  throw new FolderError(
    "FOLDER_NOT_FOUND",
    `There is no folder ${dir} (looked for ${resolve(dir)}). Set \`migrations\` to the folder that the tool reads; ` +
      `a relative path starts at the program's folder.`,
  );
}

/**
 * Reads what the last run was for: two queries. Rejects with a `LedgerError` if it may be in another schema. Where that is another digest, the tool has
 * something to do.
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
 * Records that a run was for these files. It stands in the database, as every ledger does, so that a database which
 * was restored is brought up to date again, and a run that failed is repeated. The schema has to be there.
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
