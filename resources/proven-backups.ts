import type { Backup } from "../engine/index.ts";

/**
 * Ids of the backups that this deployment has made or verified. Every deployment has a provider process of its own,
 * which all of its resources share; what state remembers of an earlier one is not among them.
 */
const proven = new Set<string>();

/** Remembers that a backup was made, or seen to be there, by this deployment. Gives it back. */
export function proveBackup(backup: Backup): Backup {
  proven.add(backup.id);
  return backup;
}

/**
 * Rejects with a `BackupError` where fewer backups than required were proven by this deployment: an up that was
 * limited to some resources leaves those out that take them, and hands over what state has of an older run.
 */
export async function requireProvenBackups(backups: readonly Backup[], required: number): Promise<void> {
  if (backups.filter(({ id }) => proven.has(id)).length >= required) return;
  const { BackupError } = await import("../engine/index.ts");
  throw new BackupError(
    "BACKUP_NOT_PROVEN",
    `This deployment has not taken the ${required === 1 ? "backup" : `${required} backups`} that the pending ` +
      `migrations need; it was probably limited by --target or --exclude. Nothing was applied. Run pulumi up without ` +
      `these, or take backup: { none: "<reason>" } where there is to be none.`,
  );
}
