import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import { asRead } from "../folder/unread-migration.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { declarationsOf, isNamed, withDeclarations } from "./declarations.ts";
import { migrationsByState, newestByKey } from "./migrations-by-state.ts";
import type { PlanOptions } from "./plan-options.ts";
import { application, rollback, type Steps } from "./step.ts";
import { foreign } from "../foreign-text.ts";

/** An attempt that did not finish and that needs a decision before anything else is applied. */
export interface FailedAttempt extends LedgerEntry {
  /** The migration's name; its key where the folder lacks it. */
  name: string;
  /** Why an attempt of this package cannot be resumed. */
  obstacle?: string | undefined;
}

/** The folder against the ledger. */
export interface Plan extends Steps {
  /** The ledger table's quoted, qualified name. */
  ledger: string;
  /** Whether the ledger table exists yet. */
  ledgerExists: boolean;
  /** Whether the ledger has any row, if only of an attempt that failed or was rolled back. */
  hasLedgerRows: boolean;
  /** Names of what is pending above the target, and stays so. */
  heldBack: string[];
  /** Names of what is applied, in the folder's order; those that the folder lacks come last, by their keys. */
  applied: string[];
  failed: FailedAttempt[];
  /** Names of applied migrations whose script has changed since. */
  edited: string[];
  /** Keys of applied migrations that the folder lacks. */
  missing: string[];
  /** Names of pending migrations that come before one that is applied. */
  outOfOrder: string[];
  /** The newest applied migration by the folder's order; undefined in an empty database. */
  version: string | undefined;
  /** A table that stands in the schema although there is no ledger. */
  tableWithoutLedger: string | undefined;
  options: PlanOptions;
}

/**
 * Compares a folder with a ledger. `resumable` has the keys of the migrations whose unfinished attempt can be taken
 * up again without a decision, `obstacles` say why others cannot.
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
      // What lies above the target is not taken up, and what it has done would stay while others are rolled back.
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
