import { scriptSource } from "../folder/script-source.ts";
import { quoteIdentifier } from "../postgres/text/identifier.ts";
import type { LoneStatement } from "../postgres/script/lone-statement.ts";
import { parseStatements } from "../postgres/script/parsed-statement.ts";
import { inTransaction } from "../postgres/session/transaction.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { commitOf, leaveNoTrace } from "./session-state.ts";
import { withoutPlace } from "./statement-error.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { runAlone, settingsFor } from "./run-alone.ts";
import type { FailedMigration } from "./run-result.ts";
import { inOneMessage } from "./script-message.ts";

/**
 * Runs a down script that is one statement outside a transaction, such as DROP INDEX CONCURRENTLY, and then removes the
 * migration from the ledger. After an interruption, the ledger still has the migration, and the run looks for remaining
 * work before it repeats the statement.
 */
export async function rollBackAlone(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, ledger, record, gate, last, findings } = attempt;
  const { database } = session;
  const [segment] = script.segments;
  if (segment?.alone === undefined) return undefined;
  try {
    const settings = settingsFor(segment.alone);
    if (settings.length > 0) await database.execute(inOneMessage(settings));
    const interrupted = attempt.isRepeated || (await mayBeDone(attempt, segment.alone));
    const error = await runAlone(attempt, { ...segment, alone: segment.alone }, { interrupted });
    await database.execute(leaveNoTrace);
    if (error !== undefined) return refused(attempt, error, "undone");
    const { violated } = await gate.judge(database, {
      last,
      insideTransaction: false,
      changesTables: script.changesTables,
    });
    findings.failed = violated.length === 0 ? undefined : violating(attempt, "committed", violated);
    // Some ledgers need more than one statement for it, and half of that would be a lie.
    await inTransaction(database, () => ledger.revert(database, record), commitOf(attempt));
    return findings.failed;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    return refused(attempt, withoutPlace(error), "undone");
  }
}

/**
 * The ledger does not show if an earlier run was interrupted here. An index counts as dropped if the migration built
 * it, so that it once existed; its definition decides.
 */
async function mayBeDone({ migration }: MigrationAttempt, { index }: LoneStatement): Promise<boolean> {
  if (index?.action !== "drop") return index?.action === "build";
  const source = scriptSource(migration.up);
  if (source.bytes > 1 << 20) return false;
  let text = "";
  for await (const lines of source.read()) text += lines.text;
  const { statements } = await parseStatements(text);
  return statements.some(
    ({ type, node }) =>
      type === "IndexStmt" && index.name.split(".").at(-1) === quoteIdentifier(String(node["idxname"])),
  );
}
