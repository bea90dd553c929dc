import { BackupError } from "./backup.ts";

/** By how much two clocks may differ. */
const clockSkewMs = 5 * 60_000;

/** Throws a `BackupError` where a backup is older than allowed, minutes; `Infinity` allows any age. */
export function requireYoung(it: string, takenAt: string, maxAgeMinutes: number): void {
  if (maxAgeMinutes === Infinity) return;
  const ageMs = Date.now() - Date.parse(takenAt);
  if (ageMs < -clockSkewMs)
    throw new BackupError(
      "BACKUP_TOO_OLD",
      `${it} says that it was taken at ${takenAt}, which is in the future: how old it is cannot be told, as where ` +
        `pg_dump ran in another time zone. Take a new one.`,
    );
  if (ageMs < maxAgeMinutes * 60_000) return;
  const age = Math.floor(ageMs / 60_000);
  throw new BackupError(
    "BACKUP_TOO_OLD",
    `${it} was taken ${age} minutes ago, at ${takenAt}; ${maxAgeMinutes} minutes are allowed (maxAgeMinutes). ` +
      `What was written since would be lost. Take a new one.`,
  );
}
