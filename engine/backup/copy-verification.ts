import {
  catalogDifferences,
  type CatalogObject,
  countRows,
  readCatalog,
  type TableRows,
} from "../postgres/catalog/catalog.ts";
import type { Connection } from "../postgres/session/connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { looksOnly } from "../postgres/session/session-settings.ts";
import { BackupError, type Backup } from "./backup.ts";
import { foreign } from "../foreign-text.ts";

interface Contents {
  catalog: CatalogObject[];
  rows: TableRows[];
}

/** Compares catalogs and row counts of a copy and its original. Rejects with a `BackupError` if they differ. */
export async function verifyCopy(
  connection: Connection,
  { source, copy }: { source: string; copy: string },
): Promise<Backup["verified"]> {
  const [original, made] = await Promise.all([
    readContents({ ...connection, database: source }),
    readContents({ ...connection, database: copy }),
  ]);
  const differences = [
    ...catalogDifferences(original.catalog, made.catalog),
    ...rowDifferences(original.rows, made.rows),
  ];
  if (differences.length > 0)
    throw new BackupError(
      "BACKUP_DIFFERS",
      `The copy of ${source} differs from it and was dropped: ${differences.slice(0, 5).join("; ")}. ` +
        `The application has probably written in the meantime. Stop it during the copy (terminateSessions ends its sessions but ` +
        `does not stop it from reconnecting), then run pulumi up again.`,
    );
  const rows = original.rows.reduce((sum, table) => sum + table.rows, 0);
  return { by: "comparison", objects: original.catalog.length, tables: original.rows.length, rows };
}

async function readContents(connection: Connection): Promise<Contents> {
  const contents = async (session: Database): Promise<Contents> => ({
    catalog: await readCatalog(session),
    rows: await countRows(session),
  });
  return withDatabase(connection, contents, looksOnly);
}

function rowDifferences(original: TableRows[], made: TableRows[]): string[] {
  const counts = new Map(made.map(({ table, rows }) => [table, rows]));
  return original
    .filter(({ table, rows }) => counts.get(table) !== rows)
    .map(({ table, rows }) => `${foreign(table)} has ${counts.get(table) ?? 0} rows instead of ${rows}`);
}
