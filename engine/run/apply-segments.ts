import type { Segment } from "../postgres/script.ts";
import { segmentDigests } from "../postgres/script-digest.ts";
import { collectedStatements } from "../postgres/collected-statements.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { commitLater } from "./durability.ts";
import { executeStatements, withoutPlace } from "./execute-statements.ts";
import type { AttemptProgress } from "../ledger/ledger.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { violatedConditions } from "./migration-conditions.ts";
import type { FailedMigration, StatementError } from "./run-result.ts";
import { restoreSettings } from "./restored-settings.ts";
import { runAlone, settingsFor } from "./run-alone.ts";
import { inOneMessage } from "./script-message.ts";
import { beginSegments, finishSegments, type Readiness, unready } from "./segmented-record.ts";
import { settleFailure } from "./settle-failure.ts";
import { forceConstraints, leaveNoTrace, resetSettings, takeTime } from "./session-state.ts";

/**
 * Applies a migration that cannot be one transaction, segment by segment. The ledger has an unfinished row from before
 * the first until after the last, which says how far the migration has come: for a transaction that is part of the
 * transaction itself, and a statement that runs in none is looked for, repaired or repeated. So whatever dies at
 * whatever point, the next run goes on where this one came to.
 */
export async function applySegments(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, gate, conditions, last, retry, migration } = attempt;
  const { database, watch } = session;
  const digests = await segmentDigests(script);
  const unfit = migration.interrupted ? [] : await violatedConditions(database, conditions.before, false);
  if (unfit.length > 0) return violating(attempt, "rolled-back", unfit);
  const begun = await retry(watch, () => beginSegments(attempt, digests));
  if (begun.error !== undefined) return refused(attempt, begun.error);
  let { ready } = begun;
  for (const [number, segment] of script.segments.entries()) {
    if (number < begun.done) continue;
    const repeats = begun.repeats && number === begun.done;
    const isLast = number === script.segments.length - 1;
    const progress =
      isLast && segment.alone !== undefined
        ? undefined
        : { segments: number + 1, sha256: digests[number] ?? "" };
    const failed = await retry(watch, async () => {
      const error = await applySegment(attempt, segment, { repeats, progress, ready });
      ready = unready;
      return error && { error };
    });
    if (failed !== undefined) return settleFailure(attempt, segment, { error: failed.error, done: number });
  }
  const afterScript = `${leaveNoTrace}; ${takeTime}`;
  const isUnchecked = gate.isOpen && conditions.after.length === 0;
  if (!isUnchecked) await database.execute(afterScript);
  const violated = [
    ...(await gate.violatedAfter(database, { last, insideTransaction: false, changesTables: false })),
    ...(await violatedConditions(database, conditions.after, false)),
  ];
  attempt.verdict.failed = violated.length === 0 ? undefined : violating(attempt, "committed", violated);
  await finishSegments(attempt, isUnchecked ? `${afterScript}; ` : "");
  return attempt.verdict.failed;
}

/** One segment, and the ledger's word of it. */
async function applySegment(
  attempt: MigrationAttempt,
  segment: Segment,
  { repeats, progress, ready }: { repeats: boolean; progress: AttemptProgress | undefined; ready: Readiness },
): Promise<StatementError | undefined> {
  const { session, script, ledger, record } = attempt;
  const { database } = session;
  const { from, to, alone } = segment;
  try {
    if (alone !== undefined) {
      await restoreSettings(session, script, from);
      const settings = settingsFor(alone);
      if (!ready.hasSettings && settings.length > 0) await database.execute(inOneMessage(settings));
      const { leftNothing } = ready;
      const error = await runAlone(attempt, { ...segment, alone }, { repeats, leftNothing });
      // That the last one is done is what the end of the migration says.
      if (error !== undefined || progress === undefined) return error;
      const advancing = await collectedStatements(database, (collector) =>
        ledger.advance(collector, record, progress),
      );
      await database.execute(`${resetSettings}; BEGIN; ${advancing}; ${commitLater}`);
      return undefined;
    }
    const opening = from === script.segments[0]?.from ? script.opening : ["BEGIN"];
    await database.execute(inOneMessage(opening));
    await restoreSettings(session, script, from);
    const closing = [forceConstraints, resetSettings];
    const error = await executeStatements(session, script, { from, to, closing });
    if (error === undefined && progress !== undefined) await ledger.advance(database, record, progress);
    await database.execute(error === undefined ? commitLater : "ROLLBACK");
    return error;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    await database.execute("ROLLBACK").catch(() => undefined);
    await database.execute(resetSettings);
    return withoutPlace(error);
  }
}
