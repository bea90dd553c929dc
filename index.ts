import { DatabaseMigration } from "./components/index.ts";
import { readConfiguration } from "./configuration.ts";

const migration = new DatabaseMigration("database", readConfiguration());

/** The migrations of the last run in short: every up prints the outputs, and a first run applies hundreds. */
export const applied = migration.applied.apply((run) => ({
  count: run.length,
  first: run[0]?.name,
  last: run.at(-1)?.name,
}));
/** The newest applied migration. */
export const version = migration.version;
/** SHA-256 over all migrations of the folder that was applied and verified. */
export const digest = migration.digest;
/** The newest backup of each method, with the command that restores it. */
export const backups = migration.backups;
/** The command that restores the first of them, ready to run. */
export const restoreCommand = migration.backups.apply(([first]) => first?.restoreCommand ?? null);
/**
 * The number of checks that held when they were evaluated last, and that time. A failed up leaves outputs as they were,
 * so this does not confirm that all is well now.
 */
export const verified = migration.verified.apply(({ checks, at }) => ({ checks: checks.length, at }));
