import { isSameChecksum } from "../folder/checksum.ts";
import { collectedStatements } from "../postgres/collected-statements.ts";
import type { Segment } from "../postgres/script.ts";
import { segmentDigests } from "../postgres/script-digest.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { executeStatements, withoutPlace } from "./execute-statements.ts";
import type { AttemptProgress } from "../ledger/ledger.ts";
import { type MigrationAttempt, refused, violating } from "./migration-attempt.ts";
import type { FailedMigration, StatementError } from "./run-result.ts";
import { restoreSettings } from "./restored-settings.ts";
import { runAlone } from "./run-alone.ts";
import { settleFailure } from "./settle-failure.ts";
import { forceConstraints, leaveNoTrace, resetSettings, takeTime } from "./session-state.ts";

/** How far an earlier attempt has come. */
interface Begun {
  /** Why it could not be begun. */
  error: StatementError | undefined;
  /** How many segments are done. */
  done: number;
  /** Whether it may have run the next one as well. */
  repeats: boolean;
}

/**
 * Applies a migration that cannot be one transaction, segment by segment. The ledger has an unfinished row from before
 * the first until after the last, which says how far the migration has come: for a transaction that is part of the
 * transaction itself, and a statement that runs in none is looked for, repaired or repeated. So whatever dies at
 * whatever point, the next run goes on where this one came to.
 */
export async function applySegments(attempt: MigrationAttempt): Promise<FailedMigration | undefined> {
  const { session, script, gate, last, ledger, record, retry } = attempt;
  const { database, watch } = session;
  const digests = await segmentDigests(script);
  const begun = await retry(watch, () => begin(attempt, digests));
  if (begun.error !== undefined) return refused(attempt, begun.error);
  for (const [number, segment] of script.segments.entries()) {
    if (number < begun.done) continue;
    const repeats = begun.repeats && number === begun.done;
    const isLast = number === script.segments.length - 1;
    const progress =
      isLast && segment.alone !== undefined
        ? undefined
        : { segments: number + 1, sha256: digests[number] ?? "" };
    const failed = await retry(watch, async () => {
      const error = await applySegment(attempt, segment, { repeats, progress });
      return error && { error };
    });
    if (failed !== undefined) return settleFailure(attempt, segment, { error: failed.error, done: number });
  }
  const afterScript = `${leaveNoTrace}; ${takeTime}`;
  if (!gate.isOpen) await database.execute(afterScript);
  const violated = await gate.violatedAfter(database, { last, insideTransaction: false });
  await database.execute(gate.isOpen ? `${afterScript}; BEGIN` : "BEGIN");
  await ledger.finish(database, record);
  await database.execute(`COMMIT; ${leaveNoTrace}`);
  return violated.length === 0 ? undefined : violating(attempt, "committed", violated);
}

/**
 * Takes up, or begins, the migration in the ledger, in one transaction: between the two a crash would hide that there
 * was an attempt.
 */
async function begin(attempt: MigrationAttempt, digests: readonly string[]): Promise<Begun> {
  const { ledger, migration, record } = attempt;
  const { database } = attempt.session;
  const { interrupted } = migration;
  const done = interrupted?.progress?.segments ?? 0;
  // Whatever the script makes durable later makes this durable before it.
  const opening = "BEGIN; SET LOCAL synchronous_commit = off";
  const beginning = await collectedStatements(database, (collector) => ledger.begin(collector, record));
  try {
    if (attempt.createLedger || interrupted !== undefined) {
      await database.execute(opening);
      if (attempt.createLedger) await ledger.create(database);
      if (interrupted !== undefined) await ledger.declareRolledBack(database, migration);
      await database.execute(beginning);
      const sha256 = digests[done - 1];
      if (sha256 !== undefined) await ledger.advance(database, record, { segments: done, sha256 });
      await database.execute("COMMIT");
    } else {
      await database.execute(`${opening}; ${beginning}; COMMIT`);
    }
  } catch (error) {
    if (!database.isLost) await database.execute("ROLLBACK").catch(() => undefined);
    if (!(error instanceof StatementFailure)) throw error;
    return { error: withoutPlace(error), done, repeats: false };
  }
  const same = [migration.checksum, ...migration.alternativeChecksums];
  const repeats =
    interrupted !== undefined && isSameChecksum(interrupted.checksum ?? migration.checksum, same);
  return { error: undefined, done, repeats };
}

/** One segment, and the ledger's word of it. */
async function applySegment(
  attempt: MigrationAttempt,
  segment: Segment,
  { repeats, progress }: { repeats: boolean; progress: AttemptProgress | undefined },
): Promise<StatementError | undefined> {
  const { session, script, ledger, record } = attempt;
  const { database } = session;
  const { from, to, alone } = segment;
  try {
    if (alone !== undefined) {
      await restoreSettings(session, script, from);
      const error = await runAlone(attempt, { ...segment, alone }, repeats);
      // That the last one is done is what the end of the migration says.
      if (error !== undefined || progress === undefined) return error;
      await database.execute(resetSettings);
      await ledger.advance(database, record, progress);
      return undefined;
    }
    await database.execute(from === script.segments[0]?.from ? script.opening : "BEGIN");
    await restoreSettings(session, script, from);
    const error = await executeStatements(session, script, { from, to });
    if (error === undefined) {
      await database.execute(`${forceConstraints}; ${resetSettings}`);
      if (progress !== undefined) await ledger.advance(database, record, progress);
    }
    await database.execute(error === undefined ? "COMMIT" : "ROLLBACK");
    return error;
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    await database.execute("ROLLBACK").catch(() => undefined);
    await database.execute(resetSettings);
    return withoutPlace(error);
  }
}
