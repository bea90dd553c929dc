import { setTimeout as sleep } from "node:timers/promises";
import { nameOfFailure } from "../../aws/aws-failure.ts";
import type { RdsSource } from "../../aws/rds.ts";
import type { Rds } from "../../aws/rds-access.ts";
import { deleteTemporaryRestore, tagsOfDatabase } from "../../aws/rds-restore.ts";
import { BackupError } from "../backup.ts";

/** The tag by which a temporary database of a restore proof is known; its value is the snapshot. */
export const proofTag = "pulumi-pg-migrations:restore-proof-of";

/** How long its end is waited for. */
interface LeftoverWait {
  timeoutMinutes?: number | undefined;
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** Deletes what an interrupted restore proof has left, and waits until it is gone. Rejects with a `BackupError`. */
export async function removeLeftover(rds: Rds, restored: RdsSource, wait: LeftoverWait): Promise<void> {
  const tags = await tagsOfDatabase(rds, restored);
  if (tags === undefined) return;
  if (tags[proofTag] === undefined)
    throw new BackupError(
      "RESTORE_PROOF_NAME_TAKEN",
      `There is an RDS ${restored.kind} ${restored.identifier} that is not a restore proof of this package. Rename it.`,
    );
  wait.onProgress?.(`deleting ${restored.identifier}, which an interrupted proof has left`);
  const refusal = await deleteTemporaryRestore(rds, restored).then(
    () => undefined,
    // One that is being deleted already is refused as well.
    (error: unknown) => error as Error,
  );
  const { timeoutMinutes = 120, pollMs = 10_000 } = wait;
  const deadline = Date.now() + timeoutMinutes * 60_000;
  while ((await tagsOfDatabase(rds, restored)) !== undefined) {
    if (
      Date.now() >= deadline ||
      (refusal !== undefined && !/InvalidDB\w+State/.test(nameOfFailure(refusal)))
    )
      throw new BackupError(
        "RESTORE_PROOF_LEFTOVER",
        `The RDS ${restored.kind} ${restored.identifier}, which an interrupted restore proof has left, cannot be ` +
          `deleted: ${refusal?.message ?? `it was still there after ${timeoutMinutes} minutes`}. Nothing was applied. ` +
          `Delete it by hand.`,
      );
    await sleep(pollMs);
  }
}
