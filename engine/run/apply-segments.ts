import type { Segment } from "../postgres/script/script.ts";
import { segmentDigests } from "../postgres/script/script-digest.ts";
import { undoTransaction } from "../postgres/session/transaction.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import {
  commitLater,
  forceConstraints,
  leaveNoTrace,
  resetSettings,
  restoreSettings,
  takeTime,
} from "./session-state.ts";
import { executeStatements } from "./execute-statements.ts";
import { withoutPlace } from "./statement-error.ts";
import type { AttemptProgress } from "../ledger/ledger.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import { bothOf } from "./judgement.ts";
import { judgeConditions } from "./migration-conditions.ts";
import type { FailedMigration } from "./run-result.ts";
import { runAlone, settingsFor } from "./run-alone.ts";
import { inOneMessage } from "./script-message.ts";
import {
  beginSegments,
  finishSegments,
  type Readiness,
  recordProgress,
  unready,
} from "./segmented-record.ts";
import { type SegmentFailure, settleFailure } from "./settle-failure.ts";

/**
 * Applies a migration that cannot be one transaction, segment by segment. From before the first segment until after the
 * last, the ledger has an unfinished row that records the progress. A transaction includes that record. A statement
 * that cannot run in a transaction is searched for, repaired or repeated. If anything fails at any point, the next run
 * resumes there. A statement that may commit by itself is never repeated: a person must decide.
 */
export async function applySegments(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, gate, conditions, last, retry, interrupted: earlier } = attempt;
  const { database, watch } = session;
  const digests = await segmentDigests(script);
  const unfit = earlier === undefined ? await judgeConditions(database, conditions.before, false) : undefined;
  if (unfit !== undefined && unfit.violated.length > 0)
    return violating(attempt, "rolled-back", unfit.violated);
  const begun = await retry(watch, () => beginSegments(attempt, digests));
  if (begun.error !== undefined) return refused(attempt, begun.error);
  let { ready } = begun;
  for (const [number, segment] of script.segments.entries()) {
    if (number < begun.done) continue;
    const interrupted = begun.interrupted && number === begun.done;
    const isLast = number === script.segments.length - 1;
    const progress = { segments: number + 1, sha256: digests[number] ?? "" };
    const failure = await retry(watch, async () => {
      const failed = await applySegment(attempt, segment, { interrupted, progress, ready });
      ready = unready;
      return failed;
    });
    if (failure !== undefined) return settleFailure(attempt, segment, { ...failure, done: number });
    // The end of the migration records that the last one is done.
    if (segment.alone !== undefined && !isLast) await recordProgress(attempt, progress);
  }
  const afterScript = `${leaveNoTrace}; ${takeTime}`;
  const isUnchecked = gate.isOpen && conditions.after.length === 0;
  if (!isUnchecked) await database.execute(afterScript);
  const { violated } = bothOf(
    await gate.judge(database, { last, insideTransaction: false, changesTables: false }),
    await judgeConditions(database, conditions.after, false),
  );
  attempt.findings.failed = violated.length === 0 ? undefined : violating(attempt, "committed", violated);
  await finishSegments(attempt, isUnchecked ? `${afterScript}; ` : "");
  return attempt.findings.failed;
}

/** Runs one segment; a transaction includes the ledger's record of it. */
async function applySegment(
  attempt: MigrationAttempt,
  segment: Segment,
  { interrupted, progress, ready }: { interrupted: boolean; progress: AttemptProgress; ready: Readiness },
): Promise<SegmentFailure | undefined> {
  const { session, script, ledger, record } = attempt;
  const { database } = session;
  const { from, to, alone, mayCommit } = segment;
  try {
    if (alone !== undefined) {
      await restoreSettings(session, script, from);
      const settings = settingsFor(alone);
      if (!ready.hasSettings && settings.length > 0) await database.execute(inOneMessage(settings));
      const { leftNothing, hasSettings: isFirst } = ready;
      const error = await runAlone(attempt, { ...segment, alone }, { interrupted, leftNothing, isFirst });
      return error && { error, mayBePartlyDone: mayCommit };
    }
    const opening = from === script.segments[0]?.from ? script.opening : ["BEGIN"];
    await database.execute(inOneMessage(opening));
    await restoreSettings(session, script, from);
    const closing = [forceConstraints, resetSettings];
    const error = await executeStatements(session, script, { from, to, closing });
    if (error === undefined) await ledger.advance(database, record, progress);
    await database.execute(error === undefined ? commitLater : "ROLLBACK");
    return error && { error, mayBePartlyDone: false };
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    await undoTransaction(database);
    await database.execute(resetSettings);
    return { error: withoutPlace(error), mayBePartlyDone: false };
  }
}
