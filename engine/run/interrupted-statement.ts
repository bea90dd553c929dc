import { invalidIndexes, isValidIndex, relationExists } from "../postgres/concurrent-index.ts";
import type { Database } from "../postgres/database.ts";
import type { LoneStatement } from "../postgres/lone-statement.ts";
import { detachmentState, finalizeDetachment } from "../postgres/partition-detachment.ts";

/** What is to be done of a statement that runs alone: all of it, nothing any more, or another one in its place. */
export type RemainingWork = "all" | "nothing" | { instead: string };

/**
 * Removes whatever an earlier attempt at a statement has left, and tells what remains to be done. That it is done is
 * believed only if that attempt `repeats`: if it ran the same statement.
 */
export async function remainingWork(
  database: Database,
  { index, detachment }: LoneStatement,
  repeats: boolean,
): Promise<RemainingWork> {
  await dropInvalidIndexes(database, { index });
  if (repeats && index?.action === "build" && (await isValidIndex(database, index.name))) return "nothing";
  if (repeats && index?.action === "drop" && !(await relationExists(database, index.name))) return "nothing";
  if (detachment === undefined) return "all";
  const state = await detachmentState(database, detachment);
  if (state === "pending") return { instead: finalizeDetachment(detachment) };
  return state === "detached" && repeats ? "nothing" : "all";
}

/** An index that a build left invalid is of no use, and IF NOT EXISTS would take it for the real one. */
export async function dropInvalidIndexes(
  database: Database,
  { index }: Pick<LoneStatement, "index">,
): Promise<void> {
  if (index === undefined) return;
  for (const name of await invalidIndexes(database, index))
    await database.execute(`DROP INDEX CONCURRENTLY ${name}`);
}

/** Whether the detachment of a partition has begun and is yet to be finished. */
export async function pendingDetachment(
  database: Database,
  { detachment }: Pick<LoneStatement, "detachment">,
): Promise<boolean> {
  return detachment !== undefined && (await detachmentState(database, detachment)) === "pending";
}
