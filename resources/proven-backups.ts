import type { Backup } from "../engine/index.ts";

/**
 * Ids of the backups that this deployment has made or verified. Every deployment has its own provider process, which
 * all of its resources share; backups that only state remembers are not among them.
 */
const proven = new Set<string>();

/** Remembers that this deployment made or found a backup, and returns the backup. */
export function proveBackup(backup: Backup): Backup {
  proven.add(backup.id);
  return backup;
}

/**
 * Rejects with a `BackupError` if this deployment proved fewer backups than required. An up that was limited to some
 * resources leaves out those that take backups, and passes on the backups that state has of an older run.
 */
export async function requireProvenBackups(backups: readonly Backup[], required: number): Promise<void> {
  if (backups.filter(({ id }) => proven.has(id)).length >= required) return;
  const { BackupError } = await import("../engine/index.ts");
  throw new BackupError(
    "BACKUP_NOT_PROVEN",
    `This deployment has not taken the ${required === 1 ? "backup" : `${required} backups`} that the pending ` +
      `migrations need; it was probably limited by --target or --exclude. Nothing was applied. Run pulumi up without ` +
      `these, or take backup: { none: "<reason>" } to run without one.`,
  );
}
