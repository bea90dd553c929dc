import { StatementFailure } from "../postgres/statement-failure.ts";
import type { Script } from "../postgres/script.ts";
import { type MigrationAttempt, refused, unrecorded, violating } from "./migration-attempt.ts";
import type { FailedMigration } from "./run-result.ts";
import { leaveNoTrace } from "./session-state.ts";

/** Script, checks and ledger row in one transaction: either all of it is there afterwards, or nothing. */
export async function applyAtomic(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { database, ledger, migration, script, record, gate, last } = attempt;
  let running: Script | undefined;
  try {
    await database.execute(script.opening);
    if (attempt.createLedger) await ledger.create(database);
    if (migration.resumes) await ledger.rollBack(database, migration.name);
    await ledger.begin(database, record);
    running = script;
    if (script.statements.length > 0) await database.execute(script.text);
    running = undefined;
    // Deferred constraints are part of the verdict, so they are forced before the checks.
    await database.execute("SET CONSTRAINTS ALL IMMEDIATE");
    await leaveNoTrace(database);
    const violated = await gate.violatedAfter({ last, insideTransaction: true });
    if (violated.length > 0) {
      await database.execute("ROLLBACK");
      return violating(attempt, "rolled-back", violated);
    }
    if (!(await ledger.finish(database, record))) {
      await database.execute("ROLLBACK");
      return unrecorded(attempt);
    }
    await database.execute("COMMIT");
    return undefined;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    // Where the session has ended meanwhile, the server has rolled back by itself; the first error is the cause.
    await database.execute("ROLLBACK").catch(() => undefined);
    return refused(attempt, error, running);
  }
}
