import type { AwsAccess } from "../../aws/access.ts";
import type { Connection } from "../../postgres/connection.ts";
import { type Backup, BackupError } from "../backup.ts";

/** Which backup is looked for: one that was made elsewhere by pg_dump, in custom or directory format. */
export interface FindLogicalBackupRequest {
  /** The archive: a path, or `s3://bucket/key`. */
  location: string;
  /** The database that it has to be of, and that the restore command restores beside. */
  connection: Connection;
  /** How old it may be, minutes. Default: 1440, a day. */
  maxAgeMinutes?: number | undefined;
  /** The folder of pg_restore. Default: as for a backup that is taken. */
  programs?: string | undefined;
  /** Where an archive at S3 is downloaded to while it is read. Default: a folder of the temporary folder. */
  stagingDirectory?: string | undefined;
  /** How AWS is reached. Default: by the environment. */
  aws?: AwsAccess | undefined;
  /** Hears what is being done, in one line. */
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Verifies a backup that was made elsewhere: it exists, can be read to its end, is what its manifest says where there
 * is one, is of this database and young enough. Rejects with a `BackupError` that says what it is not.
 */
export async function findLogicalBackup(request: FindLogicalBackupRequest): Promise<Backup> {
  await Promise.resolve();
  void request;
  throw new BackupError("NOT_IMPLEMENTED", "Not implemented.");
}
