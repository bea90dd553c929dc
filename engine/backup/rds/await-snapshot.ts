import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { isTransient, type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsSnapshot, type RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import { BackupError } from "../backup.ts";

/** The snapshot to wait for. */
export interface SnapshotWait {
  access: AwsAccess;
  kind: RdsSource["kind"];
  snapshot: string;
  /** Longest wait, minutes. */
  timeoutMinutes: number;
  /** Milliseconds between two calls to AWS. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Waits until AWS reports a snapshot as available; no other status counts. Rejects with a `BackupError` if it failed,
 * is gone, or is not available in time. Survives lost connections and throttling.
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
    } else onProgress?.(`AWS cannot be reached now; asking for ${snapshot} again`);
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
    `The snapshot ${snapshot} does not exist: it was deleted, or the AWS provider took it in ` +
      `another account or region than the one used here (docs/reference/permissions.md). Nothing was applied. ` +
      `Run pulumi up again to take a new one.`,
  );
}

function unusable({ identifier, status }: RdsSnapshotFacts): BackupError {
  return new BackupError(
    "BACKUP_NOT_PROVEN",
    `The snapshot ${identifier} is ${status}, not available. Nothing was applied. Check the events of the ` +
      `database at AWS, then run pulumi up again to take a new snapshot.`,
  );
}

function late({ snapshot, timeoutMinutes }: SnapshotWait): BackupError {
  return new BackupError(
    "BACKUP_LATE",
    `The snapshot ${snapshot} was not available within ${timeoutMinutes} minutes. Nothing was applied. AWS is still ` +
      `creating it: run pulumi up again to continue waiting, or set a longer timeoutMinutes.`,
  );
}

/** Progress of a snapshot, percent; undefined if it does not exist yet. */
export async function snapshotProgress(
  access: AwsAccess,
  { kind, snapshot }: { kind: RdsSource["kind"]; snapshot: string },
): Promise<number | undefined> {
  return withRds(
    access,
    async (rds) => (await describeRdsSnapshot(rds, { kind, identifier: snapshot }))?.progress,
  );
}
