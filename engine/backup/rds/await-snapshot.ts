import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { isTransient, type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsSnapshot, type RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import { BackupError } from "../backup.ts";

/** Which snapshot is waited for, and how. */
export interface SnapshotWait {
  access: AwsAccess;
  kind: RdsSource["kind"];
  snapshot: string;
  /** How long it is waited for, minutes. */
  timeoutMinutes: number;
  /** How often AWS is asked, milliseconds. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Waits until AWS says that a snapshot is available; nothing else counts. Rejects with a `BackupError` where it has
 * failed, is gone, or is not available in time. Lost connections and throttling are outlasted.
 */
export async function awaitSnapshot(wait: SnapshotWait): Promise<RdsSnapshotFacts> {
  const { kind, snapshot, timeoutMinutes, onProgress } = wait;
  const deadline = Date.now() + timeoutMinutes * 60_000;
  for (;;) {
    const found = await look(wait);
    if (found !== "unreachable") {
      if (found === undefined) throw gone(snapshot);
      if (found.status === "available") return found;
      if (found.status !== "creating") throw unusable(found);
      onProgress?.(`${kind} snapshot ${snapshot} is being created: ${found.progress} %`);
    } else onProgress?.(`AWS cannot be reached just now; asking again for ${snapshot}`);
    if (Date.now() >= deadline) throw late(wait);
    await sleep(Math.min(wait.pollMs ?? 10_000, Math.max(0, deadline - Date.now())));
  }
}

async function look(wait: SnapshotWait): Promise<RdsSnapshotFacts | "unreachable" | undefined> {
  const { access, kind, snapshot } = wait;
  try {
    return await withRds(access, (rds) => describeRdsSnapshot(rds, { kind, identifier: snapshot }));
  } catch (error) {
    if (isTransient(error)) return "unreachable";
    throw error;
  }
}

function gone(snapshot: string): BackupError {
  return new BackupError(
    "BACKUP_MISSING",
    `The snapshot ${snapshot} is not there: somebody has deleted it, or the AWS provider took it in ` +
      `another account or region than the one that is asked here (docs/reference/permissions.md). Nothing was applied. ` +
      `Run pulumi up again, which takes a new one.`,
  );
}

function unusable({ identifier, status }: RdsSnapshotFacts): BackupError {
  return new BackupError(
    "BACKUP_NOT_PROVEN",
    `The snapshot ${identifier} is ${status}, not available. Nothing was applied. Look at the events of the ` +
      `database at AWS, and run pulumi up again, which takes a new snapshot.`,
  );
}

function late({ snapshot, timeoutMinutes }: SnapshotWait): BackupError {
  return new BackupError(
    "BACKUP_LATE",
    `The snapshot ${snapshot} was not available within ${timeoutMinutes} minutes. Nothing was applied. AWS goes on ` +
      `creating it: run pulumi up again, which goes on waiting, or set a longer timeoutMinutes.`,
  );
}

/** How much of a snapshot is there, percent; undefined where there is none of that name yet. */
export async function snapshotProgress(
  access: AwsAccess,
  { kind, snapshot }: { kind: RdsSource["kind"]; snapshot: string },
): Promise<number | undefined> {
  return withRds(
    access,
    async (rds) => (await describeRdsSnapshot(rds, { kind, identifier: snapshot }))?.progress,
  );
}
