import { PgMigrationsError } from "../error.ts";

/** How a backup was made. */
export type BackupMethod = "databaseCopy" | "logicalBackup" | "pointInTimeRecovery" | "rdsSnapshot";

/** A way back that was taken and verified before anything is applied. Plain data, kept in the stack's state. */
export interface Backup {
  /** How it was made. */
  method: BackupMethod;
  /**
   * What it is called where it is kept: the copy's database name, the snapshot's identifier, the archive's path or
   * `s3://` address; of point-in-time recovery the restore point, ISO 8601.
   */
  id: string;
  /** Its ARN, where it is kept at AWS. */
  arn?: string | undefined;
  /** When the state that it holds was current, ISO 8601. */
  takenAt: string;
  /** How long taking and verifying it lasted, milliseconds. */
  durationMs: number;
  /** How large the database, the archive or the snapshot's storage is, bytes. */
  sizeBytes: number;
  /** How it was verified. */
  verified: BackupVerification;
  /** When retention may delete it, ISO 8601; absent where retention counts. */
  expiresAt?: string | undefined;
  /** The command that brings it back; holds no password. */
  restoreCommand: string;
}

/** How far a backup was verified, and what was seen. */
export interface BackupVerification {
  /**
   * `comparison`: catalog and row counts are the original's. `archive`: its contents list every table of the
   * database. `restore`: it was restored, and what came back was looked at. `status`: AWS says that it is available.
   */
  by: "archive" | "comparison" | "restore" | "status";
  /** Objects of the catalog that were compared. */
  objects?: number | undefined;
  /** Tables that were compared. */
  tables?: number | undefined;
  /** Rows that were counted. */
  rows?: number | undefined;
  /** Checks that held in what was restored. */
  checks?: number | undefined;
  /** How long restoring lasted, milliseconds. */
  restoreMs?: number | undefined;
  /** What the restore left out because only a superuser can restore it, or it belongs to its server. */
  leftOut?: string[] | undefined;
  /** Why it was not restored, although that was to be tried. */
  notRestored?: string | undefined;
}

/** A backup cannot be had, or is not what it should be; nothing was applied. */
export class BackupError extends PgMigrationsError {}

/** What a backup is taken before; two of the same occasion are attempts at the same run. */
export interface BackupOccasion {
  /** The database that is about to change. */
  database: string;
  /** What its ledger has applied, in a few characters. */
  position: string;
  /** What is about to be applied, in a few characters; of a backup that stands alone, what it was triggered by. */
  digest: string;
}
