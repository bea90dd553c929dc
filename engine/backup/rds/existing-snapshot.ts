import type { AwsAccess } from "../../aws/access.ts";
import { type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsSnapshot } from "../../aws/rds-snapshots.ts";
import { type Backup, BackupError } from "../backup.ts";
import { requireDatabase } from "./identify-snapshot.ts";
import { requireYoung } from "../backup-age.ts";
import { describedBackup } from "./rds-snapshot.ts";

/** A snapshot that was taken elsewhere. */
export interface ExistingSnapshot {
  access: AwsAccess;
  /** The instance or cluster that it must be of. */
  source: RdsSource;
  snapshot: string;
  /** Greatest allowed age, minutes. */
  maxAgeMinutes: number;
}

/**
 * Verifies that a named snapshot exists, is available, is of the database and is young enough. Rejects with a
 * `BackupError` otherwise.
 */
export async function findSnapshot(existing: ExistingSnapshot): Promise<Backup> {
  const { access, source, snapshot, maxAgeMinutes } = existing;
  return withRds(access, async (rds) => {
    const found = await describeRdsSnapshot(rds, { kind: source.kind, identifier: snapshot });
    if (found === undefined)
      throw new BackupError(
        "BACKUP_MISSING",
        `The ${source.kind} snapshot ${snapshot} does not exist. Correct its name.`,
      );
    if (found.source !== source.identifier)
      throw new BackupError(
        "BACKUP_DIFFERS",
        `The snapshot ${snapshot} is of ${found.source}, not of ${source.identifier}.`,
      );
    if (found.status !== "available" || found.takenAt === undefined)
      throw new BackupError(
        "BACKUP_NOT_PROVEN",
        `The snapshot ${snapshot} is ${found.status}, not available. Wait for it, or name another.`,
      );
    requireYoung(`The snapshot ${snapshot}`, found.takenAt, maxAgeMinutes);
    return describedBackup(found, await requireDatabase(rds, source));
  });
}
