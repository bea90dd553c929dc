import { setTimeout as sleep } from "node:timers/promises";
import type { Folder } from "../folder/folder.ts";
import { foreign } from "../foreign-text.ts";
import { ledgerOf } from "../formats/formats.ts";
import type { Plan } from "../plan/plan.ts";
import { advisoryLockHolder, LockHeldError } from "../postgres/activity/advisory-lock.ts";
import type { Database } from "../postgres/session/database.ts";

const pollMs = 500;

/**
 * Plans a run. Waits if a migration is unfinished only because another tool is in the middle of it; then that tool
 * holds its advisory lock. Rejects with a `LockHeldError` that names the holder when the wait is over.
 */
export async function settledPlan(
  { database, folder, waitMs }: { database: Database; folder: Folder; waitMs: number },
  read: () => Promise<Plan>,
): Promise<Plan> {
  const key = ledgerOf(folder.format).lockKey(database.address);
  const deadline = Date.now() + waitMs;
  for (;;) {
    const plan = await read();
    if (plan.failed.length === 0) return plan;
    const holder = await advisoryLockHolder(database, key);
    // It may have finished after the ledger was read.
    if (holder === undefined) return read();
    if (Date.now() >= deadline) throw atWork(plan, holder, waitMs);
    await sleep(pollMs);
  }
}

function atWork({ failed }: Plan, holder: string, waitMs: number): LockHeldError {
  const names = failed.map(({ name }) => foreign(name)).join(", ");
  return new LockHeldError(
    "MIGRATION_LOCK_HELD",
    `Another migration run is in progress on this database: ${holder}. It started ${names} and has not finished. ` +
      `Waited ${Math.round(waitMs / 1000)} s; nothing was changed. Let it finish, then run the command again.`,
  );
}
