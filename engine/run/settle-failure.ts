import type { Segment } from "../postgres/script.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { dropInvalidIndexes, pendingDetachment } from "./interrupted-statement.ts";
import { type MigrationAttempt, refused } from "./migration-attempt.ts";
import type { FailedMigration, StatementError } from "./run-result.ts";
import { leaveNoTrace, takeTime } from "./session-state.ts";

/**
 * Removes what a failed statement outside a transaction has left, and records the failure. What could not be done is
 * told with it, and must not take its place; the next run finds it and does it.
 */
export async function settleFailure(
  attempt: MigrationAttempt,
  segment: Segment,
  { error, done }: { error: StatementError; done: number },
): Promise<FailedMigration> {
  const { session, ledger, record } = attempt;
  const { database } = session;
  await database.execute(`${leaveNoTrace}; ${takeTime}`);
  const { alone } = segment;
  const notes = [
    await noteOfFailure("An invalid index is left, which the next pulumi up drops", async () => {
      if (alone !== undefined) await dropInvalidIndexes(database, alone);
    }),
    await noteOfFailure("The ledger has an unfinished row, which the next pulumi up takes up", async () => {
      await database.execute("BEGIN");
      await ledger.fail(database, record, { logs: error.message, undone: done === 0 });
      await database.execute("COMMIT");
    }),
    alone !== undefined && (await pendingDetachment(database, alone))
      ? "The partition is left pending detach, which the next pulumi up finishes."
      : undefined,
    done === 0 ? undefined : whatIsDone(attempt, segment, done),
  ].filter((note) => note !== undefined);
  await database.execute(leaveNoTrace);
  if (notes.length === 0) return refused(attempt, error, "undone");
  const hint = [...(error.hint === undefined ? [] : [error.hint]), ...notes].join("\n");
  return refused(attempt, { ...error, hint }, "unfinished");
}

function whatIsDone({ script }: MigrationAttempt, { line, words }: Segment, done: number): string {
  return (
    `What stands before line ${line} is applied and stays, ${done} of ${script.segments.length} segments: ` +
    `leave that part of the script as it is; the next pulumi up goes on with ${words}`
  );
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
