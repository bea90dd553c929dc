import type { Folder, Migration } from "../folder/folder.ts";
import { isSameChecksum } from "../folder/checksum.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { digestOf } from "./digest.ts";

/** A migration that is still to be applied. */
export interface PendingMigration extends Migration {
  /** Whether an earlier attempt was interrupted and this run takes it up again. */
  resumes: boolean;
}

/** The folder against the ledger. */
export interface Plan {
  /** The ledger table's quoted, qualified name. */
  ledger: string;
  /** Whether the ledger table exists yet. */
  ledgerExists: boolean;
  /** What will be applied, in this order. */
  pending: PendingMigration[];
  /** Names of what is applied, in the folder's order; those that the folder lacks come last. */
  applied: string[];
  /** Attempts that did not finish and that need a decision before anything else is applied. */
  failed: LedgerEntry[];
  /** Names of applied migrations whose script has changed since. */
  edited: string[];
  /** Names of applied migrations that the folder lacks. */
  missing: string[];
  /** Names of pending migrations that come before one that is applied. */
  outOfOrder: string[];
  /** The newest applied migration by the folder's order; undefined in an empty database. */
  version: string | undefined;
  /** SHA-256 of all migrations of the folder, their order and their scripts. */
  digest: string;
  /** A table that stands in the schema although there is no ledger. */
  tableWithoutLedger: string | undefined;
}

/**
 * Compares a folder with a ledger. `resumable` names the migrations whose unfinished attempt can be taken up
 * again without a decision, because they consist of one statement that may be repeated.
 */
export function makePlan(
  folder: Folder,
  ledger: LedgerState,
  resumable: ReadonlySet<string> = new Set(),
): Plan {
  const live = ledger.entries.filter((entry) => entry.state !== "rolled-back");
  const unfinished = live.filter((entry) => entry.state === "failed");
  const finished = new Map(
    live.filter((entry) => entry.state === "applied").map((entry) => [entry.name, entry]),
  );
  const inFolder = new Set(folder.migrations.map((migration) => migration.name));
  const newestApplied = folder.migrations.findLastIndex((migration) => finished.has(migration.name));
  const pending = folder.migrations.filter((migration) => !finished.has(migration.name));
  const appliedInFolder = folder.migrations.filter((migration) => finished.has(migration.name));
  const missing = [...finished.keys()].filter((name) => !inFolder.has(name));
  return {
    ledger: ledger.table,
    ledgerExists: ledger.exists,
    pending: pending.map((migration) => ({
      ...migration,
      resumes: unfinished.some((entry) => entry.name === migration.name),
    })),
    applied: [...appliedInFolder.map((migration) => migration.name), ...missing],
    failed: unfinished.filter((entry) => !resumable.has(entry.name) || finished.has(entry.name)),
    edited: appliedInFolder
      .filter((migration) => isEdited(migration, finished))
      .map((migration) => migration.name),
    missing,
    outOfOrder: folder.migrations
      .slice(0, newestApplied + 1)
      .filter((migration) => !finished.has(migration.name))
      .map((migration) => migration.name),
    version: folder.migrations[newestApplied]?.name,
    digest: digestOf(folder.migrations),
    tableWithoutLedger: ledger.tableWithoutLedger,
  };
}

function isEdited(migration: Migration, finished: ReadonlyMap<string, LedgerEntry>): boolean {
  const stored = finished.get(migration.name)?.checksum ?? "";
  return !isSameChecksum(stored, [migration.checksum, ...migration.alternativeChecksums]);
}
