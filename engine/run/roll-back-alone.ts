import { StatementFailure } from "../postgres/statement-failure.ts";
import { commitOf } from "./durability.ts";
import { withoutPlace } from "./execute-statements.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { runAlone, settingsFor } from "./run-alone.ts";
import type { FailedMigration } from "./run-result.ts";
import { inOneMessage } from "./script-message.ts";
import { leaveNoTrace } from "./session-state.ts";

/**
 * Runs a down script that is one statement outside a transaction, such as DROP INDEX CONCURRENTLY, and then takes the
 * migration out of the ledger. If that is interrupted, the ledger still has it, and the statement, of which nothing
 * may be left to do, is looked for before it is run again.
 */
export async function rollBackAlone(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, ledger, record, gate, last, verdict } = attempt;
  const { database } = session;
  const [segment] = script.segments;
  if (segment?.alone === undefined) return undefined;
  try {
    const settings = settingsFor(segment.alone);
    if (settings.length > 0) await database.execute(inOneMessage(settings));
    const error = await runAlone(
      attempt,
      { ...segment, alone: segment.alone },
      { interrupted: attempt.isRepeated },
    );
    await database.execute(leaveNoTrace);
    if (error !== undefined) return refused(attempt, error, "undone");
    const violated = await gate.violatedAfter(database, {
      last,
      insideTransaction: false,
      changesTables: script.changesTables,
    });
    verdict.failed = violated.length === 0 ? undefined : violating(attempt, "committed", violated);
    // Some ledgers take more than one statement for it, and half of that would be a lie.
    await database.execute("BEGIN");
    await ledger.revert(database, record);
    await database.execute(commitOf(attempt));
    return verdict.failed;
  } catch (error) {
    if (!database.isLost) await database.execute("ROLLBACK").catch(() => undefined);
    if (!(error instanceof StatementFailure)) throw error;
    return refused(attempt, withoutPlace(error), "undone");
  }
}
