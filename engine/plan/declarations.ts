import type { Folder } from "../folder/folder.ts";
import { type Migration, migrationWithoutScript } from "../folder/migration.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { foreign } from "../foreign-text.ts";
import type { PlanOptions } from "./plan-options.ts";
import { type Declaration, declaration } from "./step.ts";

/** This baseline declares that the database's tables are not from these migrations, so none is applied. */
export const noneApplied = "none";

/**
 * The declarations of the options that the ledger does not have yet. A baseline counts only while the ledger is empty.
 * Later, it could hide a migration that was added late.
 */
export function declarationsOf(folder: Folder, ledger: LedgerState, options: PlanOptions): Declaration[] {
  if (options.baseline === undefined && options.resolve === undefined) return [];
  const live = ledger.entries.filter(({ state }) => state !== "rolled-back");
  const baseline = baselineOf(folder, live, options);
  const covered = new Set(baseline.map(({ migration }) => migration.key));
  // The baseline declares these already; do not write them twice.
  const resolutions = resolutionsOf(folder, live, options).filter(
    ({ migration, as }) => as !== "applied" || !covered.has(migration.key),
  );
  return [...baseline, ...resolutions];
}

function baselineOf(folder: Folder, live: LedgerEntry[], { baseline }: PlanOptions): Declaration[] {
  if (baseline === undefined || live.length > 0) return [];
  const last = folder.migrations.findIndex((migration) => isNamed(migration, baseline));
  return folder.migrations
    .slice(0, last + 1)
    .map((migration) => declaration(migration, { as: "applied", by: "baseline" }));
}

function resolutionsOf(folder: Folder, live: LedgerEntry[], { resolve = {} }: PlanOptions): Declaration[] {
  return Object.entries(resolve).flatMap(([named, as]) => {
    const { name, attempt } = attemptIn(named);
    const migration = folder.migrations.find((one) => isNamed(one, name));
    const entries = live.filter(({ key }) => key === (migration?.key ?? name));
    const failed = entries.some((entry) => entry.state === "failed" && isMeant(entry, as, attempt));
    const applied = entries.some(({ state }) => state === "applied");
    const isDone = as === "applied" ? applied && !failed : !failed;
    if (isDone || (migration === undefined && as === "applied")) return [];
    // A failed attempt can be of a migration that has been removed from the folder since.
    return [declaration(migration ?? migrationWithoutScript(name, "", ""), { as, by: "resolve" })];
  });
}

/**
 * An interrupted attempt of this package is resumed. A person who removed its effects by hand must declare this
 * attempt, not the migration: left in the configuration, a declaration of the migration would have a later attempt
 * applied twice.
 */
function isMeant(
  { progress, startedAt }: LedgerEntry,
  as: "applied" | "rolled-back",
  attempt: string | undefined,
): boolean {
  if (attempt !== undefined) return startedAt?.toISOString() === attempt;
  return as === "applied" || (progress?.segments ?? 0) === 0;
}

/** A name in `resolve` can mean one attempt: `<migration>@<start time>`. */
export function attemptIn(named: string): { name: string; attempt: string | undefined } {
  const [, name = named, attempt] = /^(.+)@(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/.exec(named) ?? [];
  return { name, attempt };
}

/** The configuration that records the outcome of an attempt that only a person can judge. */
export function decisionOf(name: string, startedAt: Date | undefined): string {
  const attempt = startedAt === undefined ? "" : `@${startedAt.toISOString()}`;
  return `resolve: { "${foreign(name)}${attempt}": "rolled-back" } if nothing of it remains, "applied" if all of it does`;
}

/** The ledger's entries after the declarations are made. */
export function withDeclarations(
  entries: readonly LedgerEntry[],
  declared: readonly Declaration[],
): readonly LedgerEntry[] {
  if (declared.length === 0) return entries;
  const settled = new Set(declared.map(({ migration }) => migration.key));
  const known = entries.map((entry) =>
    entry.state === "failed" && settled.has(entry.key) ? { ...entry, state: "rolled-back" as const } : entry,
  );
  const applied = declared
    .filter(({ as }) => as === "applied")
    .map(({ migration: { key, checksum } }) => ({ ...nothing, key, checksum, state: "applied" as const }));
  return [...known, ...applied];
}

const nothing = { startedAt: undefined, logs: undefined, progress: undefined };

/** True if a name in the configuration means this migration: its name, or its key in the ledger. */
export function isNamed({ name, key }: Pick<Migration, "key" | "name">, wanted: string): boolean {
  return name === wanted || key === wanted;
}
