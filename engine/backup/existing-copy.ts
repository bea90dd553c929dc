import { type Connection } from "../postgres/session/connection.ts";
import { maintenanceConnection, resolveConnection } from "../postgres/session/resolve-connection.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { type Backup, BackupError } from "./backup.ts";
import { databaseComment, isOwnedAsCopy, readMark } from "./copy-retention.ts";
import { requireYoung } from "./backup-age.ts";
import { restoreCommand } from "./restore-command.ts";
import { serverWords } from "./server-words.ts";
import { hostAddressOf } from "../postgres/session/libpq-variables.ts";

/** A copy made elsewhere or by an earlier deployment. */
export interface ExistingCopy {
  /** The original database. */
  connection: Connection;
  copy: string;
  /** Greatest allowed age, minutes. */
  maxAgeMinutes: number;
}

/**
 * Verifies that a named copy exists, is marked as a copy of this database, is young enough and equals it. Rejects with
 * a `BackupError` otherwise.
 */
export async function findDatabaseCopy({ connection, copy, maxAgeMinutes }: ExistingCopy): Promise<Backup> {
  const { database: source } = resolveConnection(connection);
  return withDatabase(maintenanceConnection(connection), async (maintenance) => {
    const [found] = await maintenance.query<{ comment: string | null; size: string }>(
      `SELECT ${databaseComment} AS comment, pg_catalog.pg_database_size(oid) AS size
         FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $2 AND ${isOwnedAsCopy}`,
      [source, copy],
    );
    if (found === undefined)
      throw new BackupError(
        "BACKUP_MISSING",
        `The database ${copy} does not exist on the server, or its owner could not have taken the copy. Correct the copy's name.`,
      );
    const takenAt = readMark(found.comment ?? "", { copy, source });
    if (takenAt === undefined)
      throw new BackupError(
        "BACKUP_DIFFERS",
        `The database ${copy} is not marked as a copy of ${source}. Name a copy that this package has made.`,
      );
    requireYoung(`The copy ${copy}`, takenAt, maxAgeMinutes);
    return {
      method: "databaseCopy",
      id: copy,
      takenAt,
      durationMs: 0,
      sizeBytes: Number(found.size),
      // A copy is only marked after it was compared with its original.
      verified: { by: "comparison" },
      restoreCommand: restoreCommand({
        server: serverWords(connection, { hostAddress: await hostAddressOf(connection) }),
        ...{ maintenanceDatabase: "postgres", source, copy },
      }),
    };
  });
}
