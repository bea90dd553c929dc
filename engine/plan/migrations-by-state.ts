import type { Folder } from "../folder/folder.ts";
import { isSameChecksum } from "../folder/checksum.ts";
import type { Migration } from "../folder/migration.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";

/** The newest entries of each migration, by its key. */
interface NewestEntries {
  finished: ReadonlyMap<string, LedgerEntry>;
  unfinished: ReadonlyMap<string, LedgerEntry>;
}

/** The newest entry that says applied, and the newest that says failed, of each key. */
export function newestByKey(entries: readonly LedgerEntry[]): NewestEntries {
  const finished = new Map<string, LedgerEntry>();
  const unfinished = new Map<string, LedgerEntry>();
  for (const entry of entries)
    if (entry.state === "applied") finished.set(entry.key, entry);
    else if (entry.state === "failed") unfinished.set(entry.key, entry);
  return { finished, unfinished };
}

/** A folder's migrations by their state in the ledger, in the folder's order. */
export interface MigrationsByState {
  applied: Migration[];
  /** Migrations that are not applied, and repeatable ones that have changed since. */
  unapplied: Migration[];
  /** Names of applied migrations that have changed since and are not repeatable. */
  edited: string[];
  /** Names of migrations that are not applied and come before the newest applied one. */
  outOfOrder: string[];
  newest: Migration | undefined;
}

/** Takes one pass, because a folder can hold ten thousand migrations. */
export function migrationsByState(
  folder: Folder,
  finished: ReadonlyMap<string, LedgerEntry>,
): MigrationsByState {
  const applied: Migration[] = [];
  const unapplied: Migration[] = [];
  const edited: string[] = [];
  const absent: string[] = [];
  let newest: { migration: Migration; absentBefore: number } | undefined;
  for (const migration of folder.migrations) {
    const entry = finished.get(migration.key);
    const isRepeatable = migration.repeatable === true;
    if (entry === undefined) {
      unapplied.push(migration);
      if (!isRepeatable) absent.push(migration.name);
      continue;
    }
    applied.push(migration);
    if (!isRepeatable) newest = { migration, absentBefore: absent.length };
    if (!isEdited(migration, entry)) continue;
    if (isRepeatable) unapplied.push(migration);
    else edited.push(migration.name);
  }
  const outOfOrder = absent.slice(0, newest?.absentBefore ?? 0);
  return { applied, unapplied, edited, outOfOrder, newest: newest?.migration };
}

function isEdited(migration: Migration, { checksum: stored }: LedgerEntry): boolean {
  if (stored === undefined) return false;
  return !isSameChecksum(stored, [migration.checksum, ...migration.alternativeChecksums]);
}
