import { type ConcurrentIndex, invalidIndexes, relationExists } from "../postgres/script/concurrent-index.ts";
import type { Database } from "../postgres/session/database.ts";
import { isIndexAsDefined } from "../postgres/script/index-definition.ts";
import type { LoneStatement } from "../postgres/script/lone-statement.ts";
import { bothExist, detachmentState, finalizeDetachment } from "../postgres/script/partition-detachment.ts";

/** The rest of a statement that runs alone: all of it, nothing, or another one in its place. */
export type RemainingWork = "all" | "nothing" | { instead: string };

/**
 * Removes the leftovers of an earlier attempt at a statement, and gives what remains to be done. The statement counts as
 * done only if it was `interrupted`, not refused, and if its object is there as the statement asks for it.
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

/** An index that a build left invalid is of no use, and IF NOT EXISTS would take it for the real one. */
export async function dropInvalidIndexes(
  database: Database,
  { index, definition }: Pick<LoneStatement, "definition" | "index">,
): Promise<void> {
  if (index === undefined) return;
  for (const name of await invalidIndexes(database, index, definition?.table))
    await database.execute(`DROP INDEX CONCURRENTLY ${name}`);
}

/** Whether the detachment of a partition has begun and is yet to be finished. */
export async function pendingDetachment(
  database: Database,
  { detachment }: Pick<LoneStatement, "detachment">,
): Promise<boolean> {
  return detachment !== undefined && (await detachmentState(database, detachment)) === "pending";
}
