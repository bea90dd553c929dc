import type { Connection } from "../../postgres/connection.ts";
import { type Backup, BackupError } from "../backup.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";

/** What the caller hears of, and may add, while a backup is completed. */
export interface CompletionHooks {
  /** Hears what is being done, in one line. */
  onProgress?: ((message: string) => void) | undefined;
  /** Looks at the restored database while it is there; where it rejects, the backup is refused. */
  onRestored?: ((restored: Connection) => Promise<void>) | undefined;
}

/**
 * Verifies what pg_dump wrote, gives it its final name or uploads it, and deletes backups beyond retention. Done
 * already, it says again what was found then. Rejects with a `BackupError` where the archive is not a backup.
 */
export async function completeLogicalBackup(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
  hooks: CompletionHooks = {},
): Promise<Backup> {
  await Promise.resolve();
  void [request, identity, hooks];
  throw new BackupError("NOT_IMPLEMENTED", "Not implemented.");
}
