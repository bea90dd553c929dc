import { type ConcurrentIndex, invalidIndexes, relationExists } from "../postgres/script/concurrent-index.ts";
import type { Database } from "../postgres/session/database.ts";
import { isIndexAsDefined } from "../postgres/script/index-definition.ts";
import type { LoneStatement } from "../postgres/script/lone-statement.ts";
import { bothExist, detachmentState, finalizeDetachment } from "../postgres/script/partition-detachment.ts";

/** The rest of a statement that runs alone: all of it, nothing, or another one in its place. */
export type RemainingWork = "all" | "nothing" | { instead: string };

/**
 * Removes the leftovers of an earlier attempt at a statement, and returns the remaining work. The statement counts as
 * done only if it was `interrupted`, not refused, and if its object exists exactly as the statement defines it.
 */
export async function remainingWork(
  database: Database,
  { index, definition, detachment }: LoneStatement,
  interrupted: boolean,
): Promise<RemainingWork> {
  await dropInvalidIndexes(database, { index, definition });
  if (interrupted && index !== undefined && (await isDone(database, index, definition))) return "nothing";
  if (detachment === undefined) return "all";
  const state = await detachmentState(database, detachment);
  if (state === "pending") return { instead: finalizeDetachment(detachment) };
  return state === "detached" && interrupted && (await bothExist(database, detachment)) ? "nothing" : "all";
}

async function isDone(
  database: Database,
  { action, name }: ConcurrentIndex,
  definition: LoneStatement["definition"],
): Promise<boolean> {
  if (action === "drop") return !(await relationExists(database, name));
  return action === "build" && definition !== undefined && isIndexAsDefined(database, { name, definition });
}

/**
 * Drops indexes that a build left invalid. They are of no use, and IF NOT EXISTS would accept one as the real index.
 */
export async function dropInvalidIndexes(
  database: Database,
  { index, definition }: Pick<LoneStatement, "definition" | "index">,
): Promise<void> {
  if (index === undefined) return;
  for (const name of await invalidIndexes(database, index, definition?.table))
    await database.execute(`DROP INDEX CONCURRENTLY ${name}`);
}

/** True if the detachment of a partition has started and is not finished. */
export async function pendingDetachment(
  database: Database,
  { detachment }: Pick<LoneStatement, "detachment">,
): Promise<boolean> {
  return detachment !== undefined && (await detachmentState(database, detachment)) === "pending";
}
