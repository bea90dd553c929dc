import { BackupError } from "./backup.ts";

/** Rejects with a `BackupError` where a backup is older than allowed. */
export function requireYoung(it: string, takenAt: string, maxAgeMinutes: number): void {
  const ageMs = Date.now() - Date.parse(takenAt);
  if (ageMs < maxAgeMinutes * 60_000) return;
  const age = Math.floor(ageMs / 60_000);
  throw new BackupError(
    "BACKUP_TOO_OLD",
    `${it} was taken ${age} minutes ago, at ${takenAt}; ${maxAgeMinutes} minutes are allowed (maxAgeMinutes). ` +
      `What was written since would be lost. Take a new one.`,
  );
}
