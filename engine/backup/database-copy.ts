import { catalogDifferences, countRows, readCatalog } from "../postgres/catalog.ts";
import { maintenanceConnection, resolveConnection, type Connection } from "../postgres/connection.ts";
import { withDatabase, type Database } from "../postgres/database.ts";
import { quoteIdentifier } from "../postgres/identifier.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { BackupError, type Backup } from "./backup.ts";
import { dropExpiredCopies, markCopy } from "./copy-retention.ts";
import { copyProperties } from "./database-properties.ts";
import { restoreCommand } from "./restore-command.ts";
import { clearSessions, sessionsInTheWay } from "./sessions.ts";

/** How a database is copied. */
export interface DatabaseCopyRequest {
  /** The database to copy; a copy stands beside it, on the same server. */
  connection: Connection;
  /** Whether other sessions on the database are ended; otherwise the copy is refused while there are any. */
  terminateSessions?: boolean | undefined;
  /**
   * For how many positions of the ledger a copy is kept, the new one included; older ones are dropped. Default: 3.
   * Of one position the newest copy is kept, so that repeated attempts do not drop the copy from before the first.
   */
  retain?: number | undefined;
  /** The position of the ledger. Default: each copy counts as one of its own. */
  position?: string | undefined;
  /** The database from which copies are made. Default: `postgres`. */
  maintenanceDatabase?: string | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Copies a database on its own server, compares catalogs and row counts with the original, and drops copies that
 * are beyond retention. Rejects with a `BackupError`, and leaves no copy behind, where one cannot be had.
 */
export async function copyDatabase(request: DatabaseCopyRequest): Promise<Backup> {
  const { connection, retain = 3, onProgress } = request;
  if (!Number.isInteger(retain) || retain < 1)
    throw new BackupError(
      "RETENTION_UNUSABLE",
      `retain is ${retain}; it has to be a whole number of at least 1.`,
    );
  const startedAt = performance.now();
  const { database: source, host, port, user } = resolveConnection(connection);
  return withDatabase(maintenanceConnection(connection, request.maintenanceDatabase), async (maintenance) => {
    const sizeBytes = await sizeOf(maintenance, source);
    const takenAt = new Date();
    const copy = copyName(source, takenAt);
    onProgress?.(`copying ${source} (${megabytes(sizeBytes)}) to ${copy}`);
    await createCopy(maintenance, { source, copy, request });
    const verified = await verifyOrDrop(maintenance, { source, copy, request });
    await copyProperties(maintenance, { source, copy });
    await markCopy(maintenance, { source, copy, takenAt, position: request.position });
    await dropExpiredCopies(maintenance, { source, retain, onProgress });
    return {
      method: "databaseCopy",
      id: copy,
      takenAt: takenAt.toISOString(),
      durationMs: Math.round(performance.now() - startedAt),
      sizeBytes,
      verified,
      restoreCommand: restoreCommand({
        host,
        port,
        user,
        maintenanceDatabase: maintenance.address.database,
        source,
        copy,
      }),
    };
  });
}

interface Copying {
  source: string;
  copy: string;
  request: DatabaseCopyRequest;
}

/** `app_copy_20261121t060928z`: the name of the original is cut where PostgreSQL would cut the whole. */
export function copyName(source: string, takenAt: Date): string {
  const suffix = `_copy_${takenAt.toISOString().replace(/[-:]/g, "").replace(".", "").toLowerCase()}`;
  let stem = source;
  while (Buffer.byteLength(stem + suffix) > 63) stem = Array.from(stem).slice(0, -1).join("");
  return stem + suffix;
}

async function sizeOf(maintenance: Database, source: string): Promise<number> {
  const [found] = await maintenance.query<{ size: string }>(
    "SELECT pg_catalog.pg_database_size(oid) AS size FROM pg_catalog.pg_database WHERE datname = $1",
    [source],
  );
  if (found === undefined)
    throw new BackupError("BACKUP_SOURCE_MISSING", `There is no database ${source} to copy.`);
  return Number(found.size);
}

async function createCopy(maintenance: Database, { source, copy, request }: Copying): Promise<void> {
  await clearSessions(maintenance, { source, ...request });
  try {
    await maintenance.execute(`CREATE DATABASE ${quoteIdentifier(copy)} TEMPLATE ${quoteIdentifier(source)}`);
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    throw await explainRefusal(maintenance, source, error);
  }
}

async function explainRefusal(
  maintenance: Database,
  source: string,
  error: StatementFailure,
): Promise<BackupError> {
  const state = error.sqlstate ?? "unknown";
  const advice =
    state === "55006"
      ? await sessionsInTheWay(maintenance, source)
      : state === "42501"
        ? `Copying needs CREATEDB and, unless it is the owner, a superuser: ALTER ROLE ${quoteIdentifier(maintenance.address.user)} CREATEDB.`
        : state.startsWith("53")
          ? "The server is short of disk space or memory."
          : "";
  return new BackupError(
    "BACKUP_REFUSED",
    `The database ${source} cannot be copied: ${error.message} (SQLSTATE ${state}). ${advice}`.trim(),
    { sqlstate: error.sqlstate },
  );
}

async function verifyOrDrop(maintenance: Database, copying: Copying): Promise<Backup["verified"]> {
  try {
    return await verify(copying);
  } catch (error) {
    await maintenance
      .execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(copying.copy)}`)
      .catch(() => undefined);
    throw error;
  }
}

async function verify({ source, copy, request }: Copying): Promise<Backup["verified"]> {
  request.onProgress?.(`comparing ${copy} with ${source}`);
  const [original, made] = await Promise.all(
    [source, copy].map((database) =>
      withDatabase({ ...request.connection, database }, async (session) => ({
        catalog: await readCatalog(session),
        rows: await countRows(session),
      })),
    ),
  );
  if (original === undefined || made === undefined) throw new Error("unreachable");
  const counts = new Map(made.rows.map(({ table, rows }) => [table, rows]));
  const differences = [
    ...catalogDifferences(original.catalog, made.catalog),
    ...original.rows
      .filter(({ table, rows }) => counts.get(table) !== rows)
      .map(({ table, rows }) => `${table} has ${counts.get(table) ?? 0} rows instead of ${rows}`),
  ];
  if (differences.length > 0)
    throw new BackupError(
      "BACKUP_DIFFERS",
      `The copy of ${source} is not equal to it and was dropped: ${differences.slice(0, 5).join("; ")}. ` +
        `If the application wrote meanwhile, stop it, or set terminateSessions, and run pulumi up again.`,
    );
  const rows = original.rows.reduce((sum, table) => sum + table.rows, 0);
  return { objects: original.catalog.length, tables: original.rows.length, rows };
}

function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1_000_000))} MB`;
}
