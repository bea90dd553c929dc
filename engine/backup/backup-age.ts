import { BackupError } from "./backup.ts";

/** The tolerated difference between two clocks. */
const clockSkewMs = 5 * 60_000;

/** Throws a `BackupError` if a backup is older than the limit, in minutes. `Infinity` allows any age. */
export function requireYoung(it: string, takenAt: string, maxAgeMinutes: number): void {
  if (maxAgeMinutes === Infinity) return;
  const ageMs = Date.now() - Date.parse(takenAt);
  if (ageMs < -clockSkewMs)
    throw new BackupError(
      "BACKUP_TOO_OLD",
      `${it} is dated ${takenAt}, which is in the future, so its age is unknown. ` +
        `pg_dump may have run in another time zone. Take a new backup.`,
    );
  if (ageMs < maxAgeMinutes * 60_000) return;
  const age = Math.floor(ageMs / 60_000);
  throw new BackupError(
    "BACKUP_TOO_OLD",
    `${it} was taken ${age} minutes ago, at ${takenAt}; ${maxAgeMinutes} minutes are allowed (maxAgeMinutes). ` +
      `Everything written since would be lost. Take a new backup.`,
  );
}
