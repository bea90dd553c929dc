import { DatabaseMigration } from "./components/index.ts";
import { readConfiguration } from "./configuration.ts";

const migration = new DatabaseMigration("database", readConfiguration());

/** What the last run applied, in short: outputs are printed at every up, and a first run applies hundreds. */
export const applied = migration.applied.apply((run) => ({
  count: run.length,
  first: run[0]?.name,
  last: run.at(-1)?.name,
}));
/** The newest applied migration. */
export const version = migration.version;
/** What was applied and verified: SHA-256 over all migrations of the folder. */
export const digest = migration.digest;
/** The newest backup of each method, with the command that restores it. */
export const backups = migration.backups;
/** The command that restores the first of them, as it is typed. */
export const restoreCommand = migration.backups.apply(([first]) => first?.restoreCommand ?? null);
/**
 * How many checks held when they were evaluated last, and when. A failed up leaves outputs as they were, so that this says
 * what is known, and not that all is well now.
 */
export const verified = migration.verified.apply(({ checks, at }) => ({ checks: checks.length, at }));
