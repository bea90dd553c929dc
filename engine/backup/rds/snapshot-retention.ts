import type { AwsAccess } from "../../aws/access.ts";
import { type RdsSource, withRds } from "../../aws/rds.ts";
import { deleteRdsSnapshot, listRdsSnapshots, type RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import { snapshotTags, tagValue } from "./snapshot-identity.ts";

/** The snapshots to keep. */
export interface SnapshotRetention {
  access: AwsAccess;
  source: RdsSource;
  /** The database whose snapshots count. Other databases on the same instance have their own runs and backups. */
  database: string;
  /** Number of the newest to keep although they have expired. */
  keepNewest: number;
  onProgress?: ((message: string) => void) | undefined;
}

export interface RetentionResult {
  deleted: string[];
  /** Expired ones that AWS refused to delete, and why. */
  refused: { snapshot: string; reason: string }[];
}

/**
 * Deletes the expired snapshots of a database except the newest; only those that have all of this package's tags. One
 * that cannot be deleted is reported and left for the next run, because the new backup exists.
 */
export async function pruneSnapshots(retention: SnapshotRetention): Promise<RetentionResult> {
  const { access, source, onProgress } = retention;
  return withRds(access, async (rds) => {
    const result: RetentionResult = { deleted: [], refused: [] };
    for (const snapshot of expiredSnapshots(await listRdsSnapshots(rds, source), retention, new Date())) {
      onProgress?.(`deleting the expired snapshot ${snapshot.identifier}`);
      try {
        await deleteRdsSnapshot(rds, snapshot);
        result.deleted.push(snapshot.identifier);
      } catch (error) {
        result.refused.push({ snapshot: snapshot.identifier, reason: (error as Error).message });
      }
    }
    return result;
  });
}

/** Names the snapshots to delete: expired by tag, available, not among the newest, and certainly of this package. */
export function expiredSnapshots(
  snapshots: readonly RdsSnapshotFacts[],
  { database, keepNewest }: Pick<SnapshotRetention, "database" | "keepNewest">,
  now: Date,
): RdsSnapshotFacts[] {
  return snapshots
    .filter((snapshot) => isOurs(snapshot, database) && snapshot.status === "available")
    .sort((a, b) => (b.takenAt ?? "").localeCompare(a.takenAt ?? ""))
    .slice(Math.max(1, keepNewest))
    .filter(({ tags }) => Date.parse(tags[snapshotTags.expiresAt] ?? "") <= now.getTime());
}

function isOurs({ tags }: RdsSnapshotFacts, database: string): boolean {
  const { database: databaseTag, ...others } = snapshotTags;
  return tags[databaseTag] === tagValue(database) && Object.values(others).every((tag) => tag in tags);
}
