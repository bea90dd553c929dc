import { type ConcurrentIndex, stateOfIndex } from "../postgres/concurrent-index.ts";
import type { Database } from "../postgres/database.ts";
import type { Script } from "../postgres/script.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import type { FailedMigration } from "./run-result.ts";
import { leaveNoTrace } from "./session-state.ts";

/**
 * Applies a migration that PostgreSQL allows in no transaction. Its ledger row is begun first and finished
 * last, each committed by itself, so that a crash at any point leaves an unfinished row, which the next run
 * understands: the statement is looked for, repaired or repeated.
 */
export async function applyAlone(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { database, ledger, migration, script, record, gate, last } = attempt;
  if (attempt.createLedger) await ledger.create(database);
  if (migration.resumes) await ledger.rollBack(database, migration.name);
  await ledger.begin(database, record);
  let running: Script | undefined;
  try {
    // Waiting here holds up nobody, while a time-out would leave an invalid index behind.
    await database.execute("SET lock_timeout = 0");
    const done = await isDoneAlready(attempt);
    running = script;
    if (!done) await database.execute(script.text);
    running = undefined;
    await leaveNoTrace(database);
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    await dropInvalidIndex(database, script.concurrentIndex);
    await leaveNoTrace(database);
    await ledger.fail(database, record, error.message);
    return refused(attempt, error, running);
  }
  const violated = await gate.violatedAfter({ last, insideTransaction: false });
  await ledger.finish(database, record);
  return violated.length === 0 ? undefined : violating(attempt, "committed", violated);
}

async function isDoneAlready(attempt: MigrationAttempt): Promise<boolean> {
  const { database, migration, script } = attempt;
  const index = script.concurrentIndex;
  if (index === undefined) return false;
  await dropInvalidIndex(database, index);
  if (!migration.resumes) return false;
  const state = await stateOfIndex(database, index.name);
  return index.action === "build" ? state === "valid" : state === "missing";
}

/** An index that a build left invalid is of no use, and IF NOT EXISTS would take it for the real one. */
async function dropInvalidIndex(database: Database, index: ConcurrentIndex | undefined): Promise<void> {
  if (index?.action !== "build") return;
  if ((await stateOfIndex(database, index.name)) === "invalid")
    await database.execute(`DROP INDEX CONCURRENTLY ${index.name}`);
}
