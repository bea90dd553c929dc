import { PgMigrationsError } from "../error.ts";

/** A way back that was taken and verified before anything is applied. Plain data, kept in the stack's state. */
export interface Backup {
  /** How it was made. */
  method: "databaseCopy";
  /** What it is called where it is kept: the copy's database name. */
  id: string;
  /** When the state that it holds was current, ISO 8601. */
  takenAt: string;
  /** How long taking and verifying it lasted, milliseconds. */
  durationMs: number;
  /** How large the database was, bytes. */
  sizeBytes: number;
  /** What was compared with the original. */
  verified: { objects: number; tables: number; rows: number };
  /** The command that brings it back; holds no password. */
  restoreCommand: string;
}

/** A backup cannot be taken or is not equal to the original; nothing was applied. */
export class BackupError extends PgMigrationsError {}
