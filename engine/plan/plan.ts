import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import { asRead } from "../folder/unread-migration.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { declarationsOf, isNamed, withDeclarations } from "./declarations.ts";
import { migrationsByState, newestByKey } from "./migrations-by-state.ts";
import type { PlanOptions } from "./plan-options.ts";
import { application, rollback, type Steps } from "./step.ts";
import { foreign } from "../foreign-text.ts";

/** An unfinished attempt that needs a decision before anything else is applied. */
export interface FailedAttempt extends LedgerEntry {
  /** The migration's name; its key if the migration is not in the folder. */
  name: string;
  /** The reason why an attempt of this package cannot be resumed. */
  obstacle?: string | undefined;
}

/** The difference between a folder and its ledger, and the steps that close it. */
export interface Plan extends Steps {
  /** The ledger table's quoted, qualified name. */
  ledger: string;
  /** True if the ledger table exists. */
  ledgerExists: boolean;
  /** True if the ledger has any row, even if only of an attempt that failed or was rolled back. */
  hasLedgerRows: boolean;
  /** Names of pending migrations above the target. They stay pending. */
  heldBack: string[];
  /** Names of applied migrations, in the folder's order. Those that are not in the folder come last, by their keys. */
  applied: string[];
  failed: FailedAttempt[];
  /** Names of applied migrations whose script has changed since. */
  edited: string[];
  /** Keys of applied migrations that are not in the folder. */
  missing: string[];
  /** Names of pending migrations that come before an applied one. */
  outOfOrder: string[];
  /** The newest applied migration by the folder's order; undefined in an empty database. */
  version: string | undefined;
  /** A table that exists in the schema although there is no ledger. */
  tableWithoutLedger: string | undefined;
  options: PlanOptions;
}

/**
 * Compares a folder with a ledger. `resumable` has the keys of the migrations whose unfinished attempt can be resumed
 * without a decision; `obstacles` has the reasons why others cannot.
 */
export function makePlan(
  folder: Folder,
  ledger: LedgerState,
  {
    resumable = new Set(),
    obstacles,
    options = {},
  }: {
    resumable?: ReadonlySet<string>;
    obstacles?: ReadonlyMap<string, string>;
    options?: PlanOptions;
  } = {},
): Plan {
  const declared = declarationsOf(folder, ledger, options);
  const { finished, unfinished } = newestByKey(withDeclarations(ledger.entries, declared));
  const { applied, unapplied, edited, outOfOrder, newest } = migrationsByState(folder, finished);
  const above = new Set(migrationsAboveTarget(folder, options));
  const keysAbove = new Set([...above].map(({ key }) => key));
  const pending = unapplied.filter((migration) => !above.has(migration));
  const missing = finished.size === applied.length ? [] : missingFrom(folder, finished);
  return {
    ledger: ledger.table,
    ledgerExists: ledger.exists,
    hasLedgerRows: ledger.hasRows,
    steps: [
      ...declared,
      ...applied
        .filter((one) => above.has(one) && one.repeatable !== true)
        .map((one) => rollback(asRead(one)))
        .toReversed(),
      ...pending.map((one) => application(asRead(one), unfinished.get(one.key))),
    ],
    heldBack: unapplied.filter((migration) => above.has(migration)).map(({ name }) => name),
    applied: [...applied.map(({ name }) => name), ...missing],
    failed: [...unfinished.values()]
      // An attempt above the target is not resumed; its effects would stay while others are rolled back.
      .filter(({ key }) => !resumable.has(key) || finished.has(key) || keysAbove.has(key))
      .map((entry) => {
        const obstacle = obstacles?.get(entry.key);
        const attempt = { ...entry, name: nameOf(folder, entry.key) ?? entry.key };
        return obstacle === undefined ? attempt : { ...attempt, obstacle };
      }),
    edited,
    missing,
    outOfOrder,
    version: newest && foreign(newest.name),
    tableWithoutLedger: ledger.tableWithoutLedger,
    options,
  };
}

function missingFrom({ migrations }: Folder, finished: ReadonlyMap<string, LedgerEntry>): string[] {
  const known = new Set(migrations.map(({ key }) => key));
  return [...finished.keys()].filter((key) => !known.has(key));
}

function nameOf({ migrations }: Folder, wanted: string): string | undefined {
  return migrations.find(({ key }) => key === wanted)?.name;
}

function migrationsAboveTarget({ migrations }: Folder, { target }: PlanOptions): readonly Migration[] {
  if (target === undefined) return [];
  const index = migrations.findIndex((migration) => isNamed(migration, target));
  return index < 0 ? [] : migrations.slice(index + 1);
}
