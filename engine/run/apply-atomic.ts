import { collectedStatements } from "../postgres/session/collected-statements.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { undoTransaction } from "../postgres/session/transaction.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { commitOf, forceConstraints, leaveNoTrace } from "./session-state.ts";
import { executeStatements } from "./execute-statements.ts";
import { withoutPlace } from "./statement-error.ts";
import { createsLogicalSlot } from "./outlasting-effects.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { bothOf, type Judgement, lockError } from "./judgement.ts";
import { judgeConditions } from "./migration-conditions.ts";
import type { FailedMigration, ViolatedCheck } from "./run-result.ts";
import { inOneMessage } from "./script-message.ts";

/** Runs script, checks and ledger row in one transaction: all of it is committed, or nothing. */
export async function applyAtomic(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { failed, isJudged } = await applyInTransaction(attempt);
  if (isJudged) return failed;
  const { violated } = await judge(attempt, { insideTransaction: false });
  attempt.findings.failed = violated.length === 0 ? undefined : violating(attempt, "committed", violated);
  return attempt.findings.failed;
}

/** The outcome of the transaction; `isJudged` if every check could be evaluated inside it. */
interface Ending {
  failed: FailedMigration | undefined;
  isJudged: boolean;
}

async function applyInTransaction(attempt: MigrationAttempt): Promise<Ending> {
  const { session, script, gate, conditions, direction, interrupted } = attempt;
  const { database } = session;
  const rollBack = async (failed: FailedMigration): Promise<Ending> => {
    await database.execute("ROLLBACK");
    return { failed, isJudged: true };
  };
  try {
    const createsLast = attempt.createLedger && (await createsLogicalSlot(script));
    const opening = await openTransaction({ ...attempt, createLedger: attempt.createLedger && !createsLast });
    const unfit = unfitness(attempt, await judgeConditions(database, conditions.before, true));
    if (unfit !== undefined) return await rollBack(unfit);
    // Without checks, nothing needs to be known between the script and COMMIT.
    const isUnchecked =
      gate.isOpen &&
      conditions.after.length === 0 &&
      direction === "up" &&
      interrupted === undefined &&
      !createsLast;
    const closing = [forceConstraints, leaveNoTrace, ...(isUnchecked ? [await endOf(attempt)] : [])];
    const whole = { from: 0, to: script.statements, opening, closing };
    const error = await executeStatements(session, script, whole);
    if (error !== undefined) return await rollBack(refused(attempt, error));
    if (isUnchecked) return { failed: undefined, isJudged: true };
    if (createsLast) await attempt.ledger.create(database);
    const judgement = await judge(attempt, { insideTransaction: true });
    const usesNewValues = judgement.violated.every(usesNewValue);
    const stopping = unfitness(attempt, usesNewValues ? { ...judgement, violated: [] } : judgement);
    if (stopping !== undefined) return await rollBack(stopping);
    await database.execute(await endOf(attempt));
    return { failed: undefined, isJudged: judgement.violated.length === 0 };
  } catch (error) {
    // If the session has ended meanwhile, the server has rolled back by itself; the first error is the cause.
    await undoTransaction(database);
    if (!(error instanceof StatementFailure)) throw error;
    return { failed: refused(attempt, withoutPlace(error)), isJudged: true };
  }
}

async function judge(
  { session: { database }, gate, conditions, last, script }: MigrationAttempt,
  { insideTransaction }: { insideTransaction: boolean },
): Promise<Judgement> {
  const { changesTables } = script;
  const byGate = await gate.judge(database, { last, insideTransaction, changesTables });
  // A transaction in which a lock timed out is tried again; its other results do not count.
  if (insideTransaction && byGate.locked !== undefined) return byGate;
  return bothOf(byGate, await judgeConditions(database, conditions.after, insideTransaction));
}

/** The reason to roll a transaction back; undefined if it may go on. */
function unfitness(attempt: MigrationAttempt, { violated, locked }: Judgement): FailedMigration | undefined {
  if (locked !== undefined) return refused(attempt, lockError(locked));
  return violated.length === 0 ? undefined : violating(attempt, "rolled-back", violated);
}

/** PostgreSQL refuses a new value of an enum until the transaction that added it is committed. */
function usesNewValue({ error }: ViolatedCheck): boolean {
  return error?.sqlstate === sqlstate.unsafeNewEnumValue;
}

/**
 * Returns the statements that open the transaction, to be sent with the script. A first migration needs its schema
 * before that, and its preconditions are evaluated inside the transaction.
 */
async function openTransaction({
  session,
  ledger,
  script,
  conditions,
  createLedger,
}: MigrationAttempt): Promise<readonly string[]> {
  if (!createLedger && conditions.before.length === 0) return script.opening;
  await session.database.execute(inOneMessage(script.opening));
  if (createLedger) await ledger.create(session.database);
  return [];
}

/** Returns the statements that end the transaction, to be sent in one message: the ledger's row, and COMMIT. */
async function endOf(attempt: MigrationAttempt): Promise<string> {
  const { session, ledger, direction, migration, interrupted, record } = attempt;
  const { database } = session;
  if (direction === "down") {
    await ledger.revert(database, record);
    return commitOf(attempt);
  }
  if (interrupted !== undefined) await ledger.declareRolledBack(database, migration);
  return `${await collectedStatements(database, (collector) => ledger.apply(collector, record))};\n${commitOf(attempt)}`;
}
