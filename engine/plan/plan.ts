import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import { asRead } from "../folder/unread-migration.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { type Declaration, declarationsOf, isNamed, withDeclarations } from "./declarations.ts";
import { digestOf } from "./digest.ts";
import { migrationsByState, newestByKey } from "./migrations-by-state.ts";
import type { PlanOptions } from "./plan-options.ts";
import { foreign } from "../foreign-text.ts";

/** A migration that is still to be applied. */
export interface PendingMigration extends Migration {
  /** The attempt that was interrupted, and that this run takes up again; undefined where there was none. */
  interrupted: LedgerEntry | undefined;
}

/** An attempt that did not finish and that needs a decision before anything else is applied. */
export interface FailedAttempt extends LedgerEntry {
  /** The migration's name; its key where the folder lacks it. */
  name: string;
  /** Why an attempt of this package cannot be resumed. */
  obstacle?: string | undefined;
}

/** The folder against the ledger. */
export interface Plan {
  /** The ledger table's quoted, qualified name. */
  ledger: string;
  /** Whether the ledger table exists yet. */
  ledgerExists: boolean;
  /** Whether the ledger has any row, if only of an attempt that failed or was rolled back. */
  hasLedgerRows: boolean;
  /** What the ledger will be told without anything being run, before all else. */
  declared: Declaration[];
  /** What will be rolled back, in this order, to come to the target. */
  rollback: Migration[];
  /** What will be applied, in this order. */
  pending: PendingMigration[];
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
  /** SHA-256 of all migrations of the folder, their order and their scripts; these are read when it is first asked for. */
  readonly digest: string;
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
  let digest: string | undefined;
  return {
    ledger: ledger.table,
    ledgerExists: ledger.exists,
    hasLedgerRows: ledger.hasRows,
    declared,
    rollback: applied
      .filter((one) => above.has(one) && one.repeatable !== true)
      .map(asRead)
      .toReversed(),
    pending: pending.map((one) => ({ ...asRead(one), interrupted: unfinished.get(one.key) })),
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
    get digest() {
      digest ??= digestOf(folder.migrations);
      return digest;
    },
    tableWithoutLedger: ledger.tableWithoutLedger,
    options,
  };
}

/** Whether a run has anything to do at all. */
export function isWork(plan: Pick<Plan, "declared" | "pending" | "rollback">): boolean {
  return plan.declared.length + plan.pending.length + plan.rollback.length > 0;
}

/** The steps of a run in words, in their order: what is announced, what a backup is taken for, and what is done. */
export function stepsOf(plan: Pick<Plan, "declared" | "pending" | "rollback">): string[] {
  return [
    ...plan.declared.map(({ migration, as }) => `${migration.name} (declared ${as})`),
    ...plan.rollback.map(({ name }) => `${name} (rolled back)`),
    ...plan.pending.map(({ name }) => name),
  ];
}

/** The plan with those of its steps that are in a list, in the words of `stepsOf`. */
export function onlySteps(plan: Plan, steps: readonly string[]): Plan {
  const wanted = new Set(steps);
  const isWanted = (step: Partial<Pick<Plan, "declared" | "pending" | "rollback">>): boolean =>
    stepsOf({ declared: [], rollback: [], pending: [], ...step }).every((label) => wanted.has(label));
  // Spread out, the digest would be computed, for which every script is read.
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(plan)) as Plan;
  return Object.assign(copy, {
    declared: plan.declared.filter((one) => isWanted({ declared: [one] })),
    rollback: plan.rollback.filter((one) => isWanted({ rollback: [one] })),
    pending: plan.pending.filter((one) => isWanted({ pending: [one] })),
  });
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
