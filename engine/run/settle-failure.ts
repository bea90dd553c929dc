import { partlyDonePrefix } from "../ledger/recorded-error.ts";
import { decisionOf } from "../plan/declarations.ts";
import type { Segment } from "../postgres/script/script.ts";
import { inTransaction } from "../postgres/session/transaction.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { dropInvalidIndexes, pendingDetachment } from "./interrupted-statement.ts";
import { type MigrationAttempt, refused } from "./migration-attempt.ts";
import type { FailedMigration, StatementError } from "./run-result.ts";
import { leaveNoTrace, takeTime } from "./session-state.ts";

/** The failure of one segment. */
export interface SegmentFailure {
  error: StatementError;
  /** True if the statement may have committed part of its work by itself. */
  mayBePartlyDone: boolean;
}

/**
 * Removes the leftovers of a failed statement outside a transaction, and records the failure. An error in that is
 * reported with the failure, and must not replace it; the next run finds the rest and does it. A statement that may
 * have committed part of its work leaves the row unfinished, because only a person can tell what is done.
 */
export async function settleFailure(
  attempt: MigrationAttempt,
  segment: Segment,
  { error, mayBePartlyDone, done }: SegmentFailure & { done: number },
): Promise<FailedMigration> {
  const { session, ledger, record } = attempt;
  const { database } = session;
  await database.execute(`${leaveNoTrace}; ${takeTime}`);
  const { alone } = segment;
  let begunAt: Date | undefined;
  const notes = [
    await noteOfFailure("An invalid index is left, which the next pulumi up drops", async () => {
      if (alone !== undefined) await dropInvalidIndexes(database, alone);
    }),
    await noteOfFailure("The ledger has an unfinished row, which the next pulumi up resumes", async () => {
      const logs = `${mayBePartlyDone ? partlyDonePrefix : ""}${error.message}`;
      begunAt = await inTransaction(database, () =>
        ledger.fail(database, record, { logs, undone: done === 0 && !mayBePartlyDone }),
      );
    }),
    alone !== undefined && (await pendingDetachment(database, alone))
      ? "The partition is left pending detach, which the next pulumi up finishes."
      : undefined,
    mayBePartlyDone ? whatMayBeDone(attempt, segment) : undefined,
    done === 0 ? undefined : whatIsDone(attempt, segment, { done, resumes: !mayBePartlyDone }),
  ].filter((note) => note !== undefined);
  await database.execute(leaveNoTrace);
  if (notes.length === 0) return refused(attempt, error, "undone");
  const hint = [...(error.hint === undefined ? [] : [error.hint]), ...notes].join("\n");
  if (!mayBePartlyDone) return refused(attempt, { ...error, hint }, "unfinished");
  return {
    ...refused(attempt, { ...error, hint }, "undecided"),
    decision: decisionOf(attempt.migration.name, begunAt),
  };
}

function whatMayBeDone({ script }: MigrationAttempt, { line, words }: Segment): string {
  const rest = script.segments.at(-1)?.line === line ? "" : "; what comes after it was not run";
  return `${words} in line ${line} may be partly done: what it committed by itself stays${rest}.`;
}

function whatIsDone(
  { script }: MigrationAttempt,
  { line, words }: Segment,
  { done, resumes }: { done: number; resumes: boolean },
): string {
  const before = `The part before line ${line} is applied and stays, ${done} of ${script.segments.length} segments`;
  return resumes
    ? `${before}: do not change that part of the script; the next pulumi up goes on with ${words}`
    : `${before}.`;
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
