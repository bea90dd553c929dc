import { isSameChecksum } from "../folder/checksum.ts";
import type { Database } from "../postgres/database.ts";
import type { Script } from "../postgres/script.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import {
  dropInvalidIndexes,
  pendingDetachment,
  rebuildsUnnamedIndexes,
  textToRun,
} from "./interrupted-statement.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import type { FailedMigration } from "./run-result.ts";
import { leaveNoTrace } from "./session-state.ts";

/**
 * Applies a migration that PostgreSQL allows in no transaction. Its ledger row is begun first and finished
 * last, each committed by itself, so that a crash at any point leaves an unfinished row, which the next run
 * understands: the statement is looked for, repaired or repeated.
 */
export async function applyAlone(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { database, ledger, script, record, gate, last } = attempt;
  let running: Script | undefined;
  let begun = false;
  try {
    const repeats = await beginAttempt(attempt);
    begun = true;
    // Such waiting holds up nobody, while a time-out would leave an invalid index behind. VACUUM FULL and their
    // like queue for locks that stop the application, and give way as any migration does.
    if (script.alone?.concurrently === true) await database.execute("SET lock_timeout = 0");
    const text = await textToRun(database, script, repeats);
    running = script;
    if (text !== undefined) await executeUnlessDone(attempt, text, repeats);
    running = undefined;
    await leaveNoTrace(database);
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    const failed = refused(attempt, error, running);
    return begun ? unfinished(failed, await cleanUp(attempt, error)) : failed;
  }
  const violated = await gate.violatedAfter({ last, insideTransaction: false });
  await takeAllTime(database);
  await ledger.finish(database, record);
  await leaveNoTrace(database);
  return violated.length === 0 ? undefined : violating(attempt, "committed", violated);
}

/**
 * Takes up, or begins, the migration in the ledger, in one transaction: between the two a crash would hide that
 * there was an attempt. Says whether the attempt that was interrupted ran the same script.
 */
async function beginAttempt(attempt: MigrationAttempt): Promise<boolean> {
  const { database, ledger, migration, record } = attempt;
  await database.execute("BEGIN");
  try {
    if (attempt.createLedger) await ledger.create(database);
    const interrupted = migration.resumes ? await ledger.rollBack(database, migration.name) : [];
    await ledger.begin(database, record);
    await database.execute("COMMIT");
    const same = [migration.checksum, ...migration.alternativeChecksums];
    return interrupted.some((checksum) => isSameChecksum(checksum, same));
  } catch (error) {
    await database.execute("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** What creates or drops a database, say, is refused where the attempt that was interrupted has done it. */
async function executeUnlessDone(
  { database, script }: MigrationAttempt,
  text: string,
  repeats: boolean,
): Promise<void> {
  try {
    await database.execute(text);
  } catch (error) {
    const { sqlstateWhenDone } = script.alone ?? {};
    const done = error instanceof StatementFailure && error.sqlstate === sqlstateWhenDone;
    if (!repeats || !done) throw error;
  }
}

/**
 * Removes what a failed statement has left, and records the failure. Gives what could not be done, which must not
 * take the place of the failure itself; the next run finds it and does it.
 */
async function cleanUp(attempt: MigrationAttempt, failure: StatementFailure): Promise<string[]> {
  const { database, ledger, script, record } = attempt;
  await leaveNoTrace(database);
  await takeAllTime(database);
  const notes = [
    await noteOfFailure("An invalid index is left, which the next pulumi up drops", () =>
      dropInvalidIndexes(database, script),
    ),
    await noteOfFailure("The ledger has an unfinished row, which the next pulumi up takes up", () =>
      ledger.fail(database, record, failure.message),
    ),
  ];
  if (await pendingDetachment(database, script))
    notes.push("The partition is left pending detach, which the next pulumi up finishes.");
  if (rebuildsUnnamedIndexes(script))
    notes.push("Invalid copies of indexes, named ..._ccnew or ..._ccold, may be left: drop them.");
  await leaveNoTrace(database);
  return notes.filter((note) => note !== undefined);
}

async function noteOfFailure(consequence: string, work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return `${consequence}: ${error.message}`;
  }
}

function unfinished(failed: FailedMigration, notes: readonly string[]): FailedMigration {
  const { error } = failed;
  if (error === undefined || notes.length === 0) return { ...failed, outcome: "undone" };
  const hint = [...(error.hint === undefined ? [] : [error.hint]), ...notes].join("\n");
  return { ...failed, outcome: "unfinished", error: { ...error, hint } };
}

/** Clean-up and bookkeeping are not subject to the time-outs of migrations: waiting there holds up nobody. */
async function takeAllTime(database: Database): Promise<void> {
  await database.execute("SET lock_timeout = 0; SET statement_timeout = 0");
}
