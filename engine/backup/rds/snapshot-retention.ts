import type { AwsAccess } from "../../aws/access.ts";
import { type RdsSource, withRds } from "../../aws/rds.ts";
import { deleteRdsSnapshot, listRdsSnapshots, type RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import { snapshotTags, tagValue } from "./snapshot-identity.ts";

/** Which snapshots may be deleted. */
export interface SnapshotRetention {
  access: AwsAccess;
  source: RdsSource;
  /** The database whose snapshots are meant: others on the same instance have runs, and backups, of their own. */
  database: string;
  /** How many of the newest are kept though they have expired. */
  keepNewest: number;
  onProgress?: ((message: string) => void) | undefined;
}

/** What retention did. */
export interface RetentionResult {
  deleted: string[];
  /** Expired ones that AWS refused to delete, and why. */
  refused: { snapshot: string; reason: string }[];
}

/**
 * Deletes the expired snapshots of a database but for the newest; only those that bear all of this package's tags.
 * One that cannot be deleted is reported and left for the next time: the backup at hand is there all the same.
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

/** Names what may go: expired by its tag, available, not among the newest, and one of ours beyond doubt. */
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
