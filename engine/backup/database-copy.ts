import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import { hostAddressOf } from "../postgres/session/libpq-variables.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { BackupError, type Backup } from "./backup.ts";
import { dropExpiredCopies, markCopy } from "./copy-retention.ts";
import { verifyCopy } from "./copy-verification.ts";
import { nameWithSuffix } from "./database-name.ts";
import { copyProperties } from "./database-properties.ts";
import { restoreCommand } from "./restore-command.ts";
import { serverWords } from "./server-words.ts";
import type { LedgerMark } from "./ledger-mark.ts";
import { clearSessions, sessionsInTheWay } from "./sessions.ts";
import { sizeInWords } from "../words.ts";

export interface DatabaseCopyRequest {
  /** The database to copy. The copy is created on the same server. */
  connection: Connection;
  /** End other sessions on the database. Otherwise the copy is refused while there are any. */
  terminateSessions?: boolean | undefined;
  /**
   * Number of ledger positions to keep a copy of, the new one included; older copies are dropped. Default: 3. Only the
   * newest copy of a position is kept, so that repeated attempts do not drop the copy from before the first.
   */
  retain?: number | undefined;
  /** The ledger of the pending run. Default: none; each copy then counts as a separate position. */
  ledger?: LedgerMark | undefined;
  /** Milliseconds to wait for a migration run on the database. Default: 10 minutes. */
  runLockWaitMs?: number | undefined;
  /** The database to connect to while copying. Default: `postgres`. */
  maintenanceDatabase?: string | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** Number of times to end sessions that reconnect before the copy starts. */
const terminateAttempts = 3;

/**
 * Copies a database on its own server, compares catalogs and row counts with the original, and drops the copies that
 * exceed retention. Rejects with a `BackupError` and leaves no copy behind if it fails.
 */
export async function copyDatabase(request: DatabaseCopyRequest): Promise<Backup> {
  const { connection, retain = 3, onProgress } = request;
  if (!Number.isInteger(retain) || retain < 1)
    throw new BackupError(
      "RETENTION_UNUSABLE",
      `retain is ${retain}; it must be a whole number of at least 1.`,
    );
  const startedAt = performance.now();
  const { database: source } = resolveConnection(connection);
  return withDatabase(maintenanceConnection(connection, request.maintenanceDatabase), async (maintenance) => {
    const sizeBytes = await sizeOf(maintenance, source);
    onProgress?.(`copying ${source} (${sizeInWords(sizeBytes)})`);
    const { copy, takenAt } = await createCopy(maintenance, request, source);
    const verified = await proveOrDrop(maintenance, { source, copy, takenAt, request });
    await dropExpiredCopies(maintenance, { source, retain, onProgress });
    const hostAddress = await hostAddressOf(connection);
    return {
      method: "databaseCopy",
      id: copy,
      takenAt: takenAt.toISOString(),
      durationMs: Math.round(performance.now() - startedAt),
      sizeBytes,
      verified,
      restoreCommand: restoreCommand({
        server: serverWords(connection, { hostAddress }),
        maintenanceDatabase: maintenance.address.database,
        source,
        copy,
      }),
    };
  });
}

/** `app_copy_20261121t060928123z`. */
function copyName(source: string, takenAt: Date): string {
  return nameWithSuffix(source, `_copy_${takenAt.toISOString().replace(/[-:.]/g, "").toLowerCase()}`);
}

async function sizeOf(maintenance: Database, source: string): Promise<number> {
  const [found] = await maintenance.query<{ size: string }>(
    "SELECT pg_catalog.pg_database_size(oid) AS size FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1",
    [source],
  );
  if (found === undefined)
    throw new BackupError("BACKUP_SOURCE_MISSING", `The database ${source} to copy does not exist.`);
  return Number(found.size);
}

async function createCopy(
  maintenance: Database,
  request: DatabaseCopyRequest,
  source: string,
): Promise<{ copy: string; takenAt: Date }> {
  for (let attempt = 1; ; attempt++) {
    await clearSessions(maintenance, { source, ...request });
    const takenAt = new Date();
    const copy = copyName(source, takenAt);
    try {
      await maintenance.execute(
        `CREATE DATABASE ${quoteIdentifier(copy)} TEMPLATE ${quoteIdentifier(source)}`,
      );
      return { copy, takenAt };
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      // An application whose sessions were ended may have reconnected at once.
      const cameBack = request.terminateSessions === true && error.sqlstate === sqlstate.objectInUse;
      if (!cameBack || attempt === terminateAttempts) throw await explainRefusal(maintenance, source, error);
    }
  }
}

async function explainRefusal(
  maintenance: Database,
  source: string,
  error: StatementFailure,
): Promise<BackupError> {
  const state = error.sqlstate ?? "unknown";
  const advice =
    state === sqlstate.objectInUse
      ? ((await sessionsInTheWay(maintenance, source)) ?? error.detail ?? "")
      : state === sqlstate.insufficientPrivilege
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

/** Compares, completes and marks the copy. An unproven copy is dropped. */
async function proveOrDrop(
  maintenance: Database,
  proof: { source: string; copy: string; takenAt: Date; request: DatabaseCopyRequest },
): Promise<Backup["verified"]> {
  const { source, copy, takenAt, request } = proof;
  try {
    request.onProgress?.(`comparing ${copy} with ${source}`);
    const verified = await verifyCopy(request.connection, { source, copy });
    await copyProperties(maintenance, { source, copy });
    await markCopy(maintenance, { source, copy, takenAt, position: await positionOf(request, copy) });
    return verified;
  } catch (error) {
    await maintenance.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(copy)}`).catch(() => undefined);
    if (!(error instanceof StatementFailure)) throw error;
    throw new BackupError(
      "BACKUP_NOT_PROVEN",
      `The copy of ${source} cannot be completed and was dropped: ${error.message} ` +
        `(SQLSTATE ${error.sqlstate ?? "unknown"}). ${maintenance.address.user} must be able to read every table ` +
        `and to change every property that the original has. Run as a superuser.`,
      { sqlstate: error.sqlstate },
    );
  }
}

/** Read from the copy itself: another run may have advanced since this one was planned. */
async function positionOf(
  { ledger, connection }: DatabaseCopyRequest,
  copy: string,
): Promise<string | undefined> {
  if (ledger === undefined) return undefined;
  return withDatabase({ ...connection, database: copy }, (session) => ledger.positionOf(session));
}
