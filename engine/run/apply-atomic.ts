import { collectedStatements } from "../postgres/collected-statements.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { commitOf } from "./durability.ts";
import { executeStatements, withoutPlace } from "./execute-statements.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { violatedConditions } from "./migration-conditions.ts";
import type { FailedMigration } from "./run-result.ts";
import { forceConstraints, leaveNoTrace } from "./session-state.ts";

/** Script, checks and ledger row in one transaction: either all of it is there afterwards, or nothing. */
export async function applyAtomic(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, gate, conditions, last, direction, migration } = attempt;
  const { database } = session;
  const rollBack = (): Promise<void> => database.execute("ROLLBACK");
  try {
    const opening = await openTransaction(attempt);
    const unfit = await violatedConditions(database, conditions.before, true);
    if (unfit.length > 0) {
      await rollBack();
      return violating(attempt, "rolled-back", unfit);
    }
    const error = await executeStatements(session, script, { from: 0, to: script.statements, opening });
    if (error !== undefined) {
      await rollBack();
      return refused(attempt, error);
    }
    const afterScript = `${forceConstraints}; ${leaveNoTrace}`;
    if (gate.isOpen && conditions.after.length === 0 && direction === "up" && !migration.interrupted) {
      await database.execute(`${afterScript}; ${await endOf(attempt)}`);
      return undefined;
    }
    await database.execute(afterScript);
    const violated = [
      ...(await gate.violatedAfter(database, {
        last,
        insideTransaction: true,
        changesTables: script.changesTables,
      })),
      ...(await violatedConditions(database, conditions.after, true)),
    ];
    if (violated.length > 0) {
      await rollBack();
      return violating(attempt, "rolled-back", violated);
    }
    await database.execute(await endOf(attempt));
    return undefined;
  } catch (error) {
    // Where the session has ended meanwhile, the server has rolled back by itself; the first error is the cause.
    if (!database.isLost) await rollBack().catch(() => undefined);
    if (!(error instanceof StatementFailure)) throw error;
    return refused(attempt, withoutPlace(error));
  }
}

/**
 * Gives what opens the transaction, to be sent with the script; a first migration needs the schema before it, and what has
 * to hold before it is looked at in the transaction.
 */
async function openTransaction({
  session,
  ledger,
  script,
  conditions,
  createLedger,
}: MigrationAttempt): Promise<string | undefined> {
  if (!createLedger && conditions.before.length === 0) return script.opening;
  await session.database.execute(script.opening);
  if (createLedger) await ledger.create(session.database);
  return undefined;
}

/** What ends the transaction, to be sent in one message: the ledger's row, and COMMIT. */
async function endOf(attempt: MigrationAttempt): Promise<string> {
  const { session, ledger, direction, migration, record } = attempt;
  const { database } = session;
  if (direction === "down") {
    await ledger.revert(database, record);
    return commitOf(attempt);
  }
  if (migration.interrupted !== undefined) await ledger.declareRolledBack(database, migration);
  return `${await collectedStatements(database, (collector) => ledger.apply(collector, record))};\n${commitOf(attempt)}`;
}
