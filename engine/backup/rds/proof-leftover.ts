import { setTimeout as sleep } from "node:timers/promises";
import { nameOfFailure } from "../../aws/aws-failure.ts";
import type { RdsSource } from "../../aws/rds.ts";
import type { Rds } from "../../aws/rds-access.ts";
import { deleteTemporaryRestore, tagsOfDatabase } from "../../aws/rds-restore.ts";
import { BackupError } from "../backup.ts";

/** The tag that marks a temporary database of a restore proof. Its value is the snapshot. */
export const proofTag = "pulumi-pg-migrations:restore-proof-of";

/** Limits of the wait for its deletion. */
interface LeftoverWait {
  timeoutMinutes?: number | undefined;
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** Deletes the remains of an interrupted restore proof, and waits until they are gone. Rejects with a `BackupError`. */
export async function removeLeftover(rds: Rds, restored: RdsSource, wait: LeftoverWait): Promise<void> {
  const tags = await tagsOfDatabase(rds, restored);
  if (tags === undefined) return;
  if (tags[proofTag] === undefined)
    throw new BackupError(
      "RESTORE_PROOF_NAME_TAKEN",
      `The RDS ${restored.kind} ${restored.identifier} exists and is not a restore proof of this package. Rename it.`,
    );
  wait.onProgress?.(`deleting ${restored.identifier}, which an interrupted proof left behind`);
  const refusal = await deleteTemporaryRestore(rds, restored).then(
    () => undefined,
    // AWS also refuses if the deletion has started already.
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
        `The RDS ${restored.kind} ${restored.identifier}, which an interrupted restore proof left behind, cannot be ` +
          `deleted: ${refusal?.message ?? `it still existed after ${timeoutMinutes} minutes`}. Nothing was applied. ` +
          `Delete it by hand.`,
      );
    await sleep(pollMs);
  }
}
