import { PgMigrationsError } from "../error.ts";

export type BackupMethod = "databaseCopy" | "logicalBackup" | "pointInTimeRecovery" | "rdsSnapshot";

/** A backup that is taken and verified before anything is applied. Plain data, kept in the stack's state. */
export interface Backup {
  method: BackupMethod;
  /**
   * Its name where it is kept: the copy's database name, the snapshot's identifier, the archive's path or `s3://`
   * address. For point-in-time recovery, the restore point in ISO 8601.
   */
  id: string;
  /** Its ARN, if it is kept at AWS. */
  arn?: string | undefined;
  /** The time whose state it holds, ISO 8601. */
  takenAt: string;
  /** Time taken to create and verify it, milliseconds. */
  durationMs: number;
  /** Size of the database, the archive or the snapshot's storage, bytes. */
  sizeBytes: number;
  verified: BackupVerification;
  /** From when retention may delete it, ISO 8601; absent if retention counts backups instead. */
  expiresAt?: string | undefined;
  /** The command that restores it; holds no password. */
  restoreCommand: string;
}

/** The extent of a backup's verification, and its findings. */
export interface BackupVerification {
  /**
   * `comparison`: catalog and row counts equal the original's. `archive`: its contents list every table of the
   * database. `restore`: it was restored and the result inspected. `status`: AWS reports it as available.
   */
  by: "archive" | "comparison" | "restore" | "status";
  /** Number of catalog objects compared. */
  objects?: number | undefined;
  /** Number of tables compared. */
  tables?: number | undefined;
  /** Number of rows counted. */
  rows?: number | undefined;
  /** Number of checks that passed in the restored database. */
  checks?: number | undefined;
  /** Time taken to restore it, milliseconds. */
  restoreMs?: number | undefined;
  /** Objects that the restore left out because they need a superuser or belong to their server. */
  leftOut?: string[] | undefined;
  /** Why it was not restored although a restore was requested. */
  notRestored?: string | undefined;
}

/** A backup cannot be taken or fails its verification; nothing was applied. */
export class BackupError extends PgMigrationsError {}

/** The run that a backup precedes. Two backups of the same occasion are attempts at the same run. */
export interface BackupOccasion {
  /** The database that is about to change. */
  database: string;
  /** Short text for the migrations that its ledger has applied. */
  position: string;
  /** Short text for the pending migrations; for a standalone backup, for what triggered it. */
  digest: string;
}
