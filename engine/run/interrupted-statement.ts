import { invalidIndexes, isValidIndex, relationExists } from "../postgres/concurrent-index.ts";
import type { Database } from "../postgres/database.ts";
import { detachmentState, finalizeDetachment } from "../postgres/partition-detachment.ts";
import type { Script } from "../postgres/script.ts";

/**
 * What has to be run of a script that runs alone, after whatever an earlier attempt has left has been removed;
 * undefined where that attempt, if it `repeats` the same script, has done all of it.
 */
export async function textToRun(
  database: Database,
  script: Script,
  repeats: boolean,
): Promise<string | undefined> {
  const { index, detachment } = script.alone ?? {};
  await dropInvalidIndexes(database, script);
  if (repeats && index?.action === "build" && (await isValidIndex(database, index.name))) return undefined;
  if (repeats && index?.action === "drop" && !(await relationExists(database, index.name))) return undefined;
  if (detachment === undefined) return script.text;
  const state = await detachmentState(database, detachment);
  if (state === "pending") return finalizeDetachment(detachment);
  return state === "detached" && repeats ? undefined : script.text;
}

/** An index that a build left invalid is of no use, and IF NOT EXISTS would take it for the real one. */
export async function dropInvalidIndexes(database: Database, { alone }: Script): Promise<void> {
  if (alone?.index === undefined) return;
  for (const name of await invalidIndexes(database, alone.index))
    await database.execute(`DROP INDEX CONCURRENTLY ${name}`);
}

/** Whether the detachment of a partition has begun and is yet to be finished. */
export async function pendingDetachment(database: Database, { alone }: Script): Promise<boolean> {
  return alone?.detachment !== undefined && (await detachmentState(database, alone.detachment)) === "pending";
}

/** Whether the statement is REINDEX SCHEMA or DATABASE CONCURRENTLY, which does not say what it leaves. */
export function rebuildsUnnamedIndexes({ alone }: Script): boolean {
  return alone?.concurrently === true && alone.index === undefined && alone.detachment === undefined;
}
