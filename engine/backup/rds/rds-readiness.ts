import type { RdsDatabase } from "../../aws/rds-database.ts";

/** The required state of an instance or cluster before anything is applied. */
export interface RdsRequirements {
  /** Required retention of automated backups, days; 0 for none. Default: 1. */
  minBackupRetentionDays?: number | undefined;
  /** Greatest age of the latest restorable time, minutes; 0 skips this requirement. Default: 30. */
  maxRestorableLagMinutes?: number | undefined;
  /** Require encrypted storage. Default: true. */
  encrypted?: boolean | undefined;
  /** Required free part of an instance's storage, percent; 0 skips this requirement. Default: 10. */
  minFreeStoragePercent?: number | undefined;
}

/** Problems that prevent a run, and warnings. */
export interface Readiness {
  problems: string[];
  warnings: string[];
}

/** Statuses in which AWS takes a snapshot. */
const readyStatuses = ["available", "storage-optimization"];

const gibibyte = 1024 ** 3;

/** Compares a database at AWS with the requirements. Never changes the database. */
export function readinessOf(
  database: RdsDatabase,
  requirements: RdsRequirements,
  seen: { freeBytes?: number | undefined; now: Date; takesSnapshot?: boolean },
): Readiness {
  const it = `The ${database.kind} ${database.identifier}`;
  const found = [
    statusProblem(it, database, seen.takesSnapshot ?? true),
    retentionProblem(it, database, requirements),
    lagProblem(it, database, { ...requirements, now: seen.now }),
    encryptionProblem(it, database, requirements),
  ];
  const storage = storageReadiness(it, database, { ...requirements, freeBytes: seen.freeBytes });
  return {
    problems: [...found.flatMap((problem) => problem ?? []), ...storage.problems],
    warnings: storage.warnings,
  };
}

function statusProblem(it: string, { status }: RdsDatabase, takesSnapshot: boolean): string | undefined {
  if (readyStatuses.includes(status)) return undefined;
  // Every night and just after a snapshot. The database works as usual and can be restored to this moment.
  if (!takesSnapshot && status === "backing-up") return undefined;
  const reason = takesSnapshot ? ": AWS takes a snapshot only while it is available" : ", not available";
  return `${it} is ${status}${reason}. Run pulumi up again when it is.`;
}

function retentionProblem(
  it: string,
  database: RdsDatabase,
  { minBackupRetentionDays = 1 }: RdsRequirements,
): string | undefined {
  if (database.backupRetentionDays >= minBackupRetentionDays) return undefined;
  const now =
    database.backupRetentionDays === 0
      ? "has no automated backups"
      : `keeps automated backups for ${days(database.backupRetentionDays)}`;
  return (
    `${it} ${now}; ${days(minBackupRetentionDays)} are required (minBackupRetentionDays). This package does not change it, ` +
    `because a change between 0 and another figure restarts the database. Set its backupRetentionPeriod ` +
    `where it is defined.`
  );
}

function lagProblem(
  it: string,
  { latestRestorableTime, backupRetentionDays }: RdsDatabase,
  { maxRestorableLagMinutes = 30, now }: RdsRequirements & { now: Date },
): string | undefined {
  if (maxRestorableLagMinutes === 0 || backupRetentionDays === 0) return undefined;
  if (latestRestorableTime === undefined)
    return `${it} cannot be restored to any point in time yet. Wait for its first automated backup.`;
  const lag = Math.round((now.getTime() - Date.parse(latestRestorableTime)) / 60_000);
  if (lag <= maxRestorableLagMinutes) return undefined;
  return (
    `${it} can be restored only up to ${latestRestorableTime}, which is ${lag} minutes ago; ` +
    `${maxRestorableLagMinutes} are allowed (maxRestorableLagMinutes). Check its events for what stops AWS from ` +
    `saving the write-ahead log.`
  );
}

function encryptionProblem(
  it: string,
  database: RdsDatabase,
  { encrypted = true }: RdsRequirements,
): string | undefined {
  if (!encrypted || database.encrypted) return undefined;
  return (
    `${it} is not encrypted, so its snapshots would not be either. Move it to encrypted storage. To accept this, set ` +
    `requirements: { encrypted: false }.`
  );
}

function storageReadiness(
  it: string,
  database: RdsDatabase,
  { minFreeStoragePercent = 10, freeBytes }: RdsRequirements & { freeBytes: number | undefined },
): Readiness {
  const ready = { problems: [], warnings: [] };
  if (minFreeStoragePercent === 0 || database.kind === "cluster" || freeBytes === undefined) return ready;
  const percent = Math.floor((100 * freeBytes) / (database.allocatedStorageGiB * gibibyte));
  if (percent >= minFreeStoragePercent) return ready;
  const low =
    `${it} has ${(freeBytes / gibibyte).toFixed(1)} GiB of ${database.allocatedStorageGiB} GiB free (${percent} %); ` +
    `${minFreeStoragePercent} % are required (minFreeStoragePercent), because indexes and rewritten tables need space.`;
  const grows = (database.maxAllocatedStorageGiB ?? 0) > database.allocatedStorageGiB;
  return grows
    ? {
        problems: [],
        warnings: [`${low} It can grow automatically up to ${database.maxAllocatedStorageGiB} GiB.`],
      }
    : { problems: [`${low} Enlarge the storage first.`], warnings: [] };
}

function days(count: number): string {
  return `${count} day${count === 1 ? "" : "s"}`;
}
