import type { AttemptProgress, LedgerEntry } from "../ledger/ledger.ts";
import { recordedError } from "../ledger/recorded-error.ts";
import { collectedStatements } from "../postgres/session/collected-statements.ts";
import { lookForRelation } from "../postgres/script/concurrent-index.ts";
import type { Database } from "../postgres/session/database.ts";
import type { LoneStatement } from "../postgres/script/lone-statement.ts";
import { undoTransaction } from "../postgres/session/transaction.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { commitLater, commitOf, leaveNoTrace, resetSettings } from "./session-state.ts";
import type { MigrationAttempt } from "./migration-attempt.ts";
import { settingsFor } from "./run-alone.ts";
import type { StatementError } from "./run-result.ts";
import { withoutPlace } from "./statement-error.ts";

/** The progress of an earlier attempt. */
export interface Begun {
  /** The reason why it could not be started. */
  error: StatementError | undefined;
  /** The number of segments that are done. */
  done: number;
  /** True if it was interrupted, not refused, and may have run the next segment as well. */
  interrupted: boolean;
  /** The preparations made for the first segment. */
  ready: Readiness;
}

/** The preparations for a statement that runs alone, made together with the statements before it. */
export interface Readiness {
  /** True if the session has the settings that it needs. */
  hasSettings: boolean;
  /** True if a query confirmed that no earlier attempt left anything. */
  leftNothing: boolean;
}

/** Nothing is prepared yet. */
export const unready: Readiness = { hasSettings: false, leftNothing: false };

/**
 * Resumes or starts the migration in the ledger, in one transaction: between the two, a crash would hide the attempt.
 */
export async function beginSegments(attempt: MigrationAttempt, digests: readonly string[]): Promise<Begun> {
  const { ledger, migration, interrupted, record } = attempt;
  const [first] = attempt.script.segments;
  const { database } = attempt.session;
  const done = interrupted?.progress?.segments ?? 0;
  // The log has recorded an index before its files reach the disk; other statements that run alone may leave files.
  const commit = first?.alone?.concurrently === false ? "COMMIT" : commitLater;
  const beginning = await collectedStatements(database, (collector) => ledger.begin(collector, record));
  try {
    if (attempt.createLedger || interrupted !== undefined) {
      await database.execute("BEGIN");
      if (attempt.createLedger) await ledger.create(database);
      if (interrupted !== undefined) await ledger.declareRolledBack(database, migration);
      await database.execute(beginning);
      const sha256 = digests[done - 1];
      if (sha256 !== undefined) await ledger.advance(database, record, { segments: done, sha256 });
      await database.execute(commit);
    } else {
      const ready = await beginAtOnce(database, { beginning, commit }, first?.alone);
      return { error: undefined, done, interrupted: false, ready };
    }
  } catch (error) {
    await undoTransaction(database);
    if (!(error instanceof StatementFailure)) throw error;
    return { error: withoutPlace(error), done, interrupted: false, ready: unready };
  }
  // With a changed script it is not resumed at all.
  return { error: undefined, done, interrupted: isInterrupted(interrupted), ready: unready };
}

function isInterrupted(attempt: LedgerEntry | undefined): boolean {
  return attempt?.progress !== undefined && recordedError(attempt) === undefined;
}

/** Starts a migration of which nothing exists yet, and prepares the session for its first statement with it. */
async function beginAtOnce(
  database: Database,
  { beginning, commit }: { beginning: string; commit: string },
  first: LoneStatement | undefined,
): Promise<Readiness> {
  const builds = first?.index?.action === "build" ? first.index.name : undefined;
  // The server may refuse the query in a schema that the role must not use: then nothing is started.
  const look = builds === undefined ? [] : [lookForRelation(builds)];
  const settings = first === undefined ? [] : settingsFor(first);
  const found = await database.query(["BEGIN", beginning, ...look, commit, ...settings].join("; "));
  return { hasSettings: true, leftNothing: builds !== undefined && found.length === 0 };
}

/**
 * Records that a statement which ran alone is done. Waits for a lock, because the statement must not be repeated for
 * its sake. Rejects with a `StatementFailure` if the server refuses the row: that is not the statement's failure.
 */
export async function recordProgress(
  { session, ledger, record, retry }: MigrationAttempt,
  progress: AttemptProgress,
): Promise<void> {
  const { database, watch } = session;
  const advancing = await collectedStatements(database, (collector) =>
    ledger.advance(collector, record, progress),
  );
  const failed = await retry(watch, async () => {
    try {
      await database.execute(`${resetSettings}; BEGIN; ${advancing}; ${commitLater}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      await database.execute("ROLLBACK");
      return { error: withoutPlace(error), cause: error };
    }
  });
  if (failed !== undefined) throw failed.cause;
}

/** Records that all segments are done, after the statements that are sent before it. */
export async function finishSegments(attempt: MigrationAttempt, ahead: string): Promise<void> {
  const {
    ledger,
    session: { database },
    record,
  } = attempt;
  const [opening, closing] = [`${ahead}BEGIN`, `${commitOf(attempt)}; ${leaveNoTrace}`];
  if (ledger.finishReadsRows) {
    await database.execute(opening);
    await ledger.finish(database, record);
    await database.execute(closing);
  } else {
    const finishing = await collectedStatements(database, (collector) => ledger.finish(collector, record));
    await database.execute(`${opening}; ${finishing}; ${closing}`);
  }
}
