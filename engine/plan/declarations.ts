import type { Folder } from "../folder/folder.ts";
import { type Migration, migrationWithoutScript } from "../folder/migration.ts";
import type { LedgerEntry, LedgerState } from "../ledger/ledger.ts";
import { foreign } from "../foreign-text.ts";
import type { PlanOptions } from "./plan-options.ts";
import { type Declaration, declaration } from "./step.ts";

/** The baseline that says: the database's tables are not from these migrations, of which none is applied. */
export const noneApplied = "none";

/**
 * What the options declare that the ledger does not say yet. A baseline counts only while nothing is in the ledger:
 * later it could hide a migration that came in late.
 */
export function declarationsOf(folder: Folder, ledger: LedgerState, options: PlanOptions): Declaration[] {
  if (options.baseline === undefined && options.resolve === undefined) return [];
  const live = ledger.entries.filter(({ state }) => state !== "rolled-back");
  const baseline = baselineOf(folder, live, options);
  const covered = new Set(baseline.map(({ migration }) => migration.key));
  // What the baseline declares already would be written twice.
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
    // A failed attempt can be of a migration that has since been taken out of the folder.
    return [declaration(migration ?? migrationWithoutScript(name, "", ""), { as, by: "resolve" })];
  });
}

/**
 * An attempt of this package that has come half-way is taken up again. That what it has done was removed by hand has to
 * be said of this very attempt: said of the migration, and left in, it would have a later one applied twice.
 */
function isMeant(
  { progress, startedAt }: LedgerEntry,
  as: "applied" | "rolled-back",
  attempt: string | undefined,
): boolean {
  if (attempt !== undefined) return startedAt?.toISOString() === attempt;
  return as === "applied" || (progress?.segments ?? 0) === 0;
}

/** A name in `resolve` can mean one attempt: `<migration>@<when it was begun>`. */
export function attemptIn(named: string): { name: string; attempt: string | undefined } {
  const [, name = named, attempt] = /^(.+)@(\d{4}-\d{2}-\d{2}T[\d:.]+Z)$/.exec(named) ?? [];
  return { name, attempt };
}

/** The configuration that records the outcome of an attempt which only a person can judge. */
export function decisionOf(name: string, startedAt: Date | undefined): string {
  const attempt = startedAt === undefined ? "" : `@${startedAt.toISOString()}`;
  return `resolve: { "${foreign(name)}${attempt}": "rolled-back" } if nothing of it remains, "applied" if all of it does`;
}

/** What the ledger will be once the declarations are made. */
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

/** Whether a name in the configuration means this migration: by its name, or by what the ledger calls it. */
export function isNamed({ name, key }: Pick<Migration, "key" | "name">, wanted: string): boolean {
  return name === wanted || key === wanted;
}
