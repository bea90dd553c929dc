import { BackupError } from "../backup.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";

/**
 * Looks whether a logical backup can be taken, and decides which: the previous one, where it was finished, is of the
 * same ledger position and digest and is young enough, else a new one. Changes nothing. Rejects with a `BackupError`
 * that says what to mend.
 */
export async function identifyLogicalBackup(
  request: LogicalBackupRequest,
  previous?: LogicalBackupIdentity,
): Promise<LogicalBackupIdentity> {
  await Promise.resolve();
  void [request, previous];
  throw new BackupError("NOT_IMPLEMENTED", "Not implemented.");
}

/** Whether a backup that was decided on is finished and still there; true as well where S3 cannot be asked just now. */
export async function logicalBackupExists(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
): Promise<boolean> {
  await Promise.resolve();
  void [request, identity];
  throw new BackupError("NOT_IMPLEMENTED", "Not implemented.");
}
