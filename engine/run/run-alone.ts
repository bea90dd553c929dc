import { isAsAsked } from "../postgres/script/created-object.ts";
import type { Database } from "../postgres/session/database.ts";
import { describeWaiter, type LockWaiter } from "../postgres/activity/lock-waiters.ts";
import type { LoneStatement } from "../postgres/script/lone-statement.ts";
import type { Segment } from "../postgres/script/script.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { executeStatements } from "./execute-statements.ts";
import { remainingWork } from "./interrupted-statement.ts";
import type { MigrationAttempt } from "./migration-attempt.ts";
import type { StatementError } from "./run-result.ts";

/**
 * The settings for a statement that runs alone. Waiting CONCURRENTLY holds up no session, while a time-out would leave
 * an invalid index behind. VACUUM FULL and similar statements queue for locks that stop the application, so they back
 * off as any migration does. The transactions of an index build need not wait for the disk one by one. Other statements
 * have effects outside the database, such as a file or a slot; those must not outlive what the database records of
 * them.
 */
export function settingsFor({ concurrently }: LoneStatement): readonly string[] {
  return concurrently ? ["SET lock_timeout = 0", "SET synchronous_commit = off"] : [];
}

/** The earlier attempts at a statement that runs alone. */
export interface EarlierAttempts {
  /** True if one that ran the same statement was interrupted: its finished work is not repeated. */
  interrupted: boolean;
  /** True if it was checked that no attempt left anything. Default: false. */
  leftNothing?: boolean;
  /** True if nothing was attempted in this run, so the watch alone looks for sessions in the way. Default: false. */
  isFirst?: boolean;
}

/** Runs a statement that PostgreSQL does not allow in a transaction. */
export async function runAlone(
  { session, script }: Pick<MigrationAttempt, "script" | "session">,
  { alone, from, to }: Segment & { alone: LoneStatement },
  { interrupted, leftNothing = false, isFirst = false }: EarlierAttempts,
): Promise<StatementError | undefined> {
  const { database } = session;
  // A first attempt is inspected while it waits, not before.
  const inTheWay = alone.concurrently && !isFirst ? await session.endWaiters() : [];
  if (inTheWay.length > 0) return waitedFor(inTheWay);
  const work = leftNothing ? "all" : await remainingWork(database, alone, interrupted);
  if (work === "nothing") return undefined;
  if (work === "all") {
    const error = await executeStatements(session, script, { from, to });
    return interrupted && error !== undefined ? unlessDone(database, alone, error) : error;
  }
  await database.execute(work.instead);
  return undefined;
}

/** Starting or retrying would only end in a deadlock. */
function waitedFor(waiters: readonly LockWaiter[]): StatementError {
  const end = waiters.map(({ pid }) => `SELECT pg_terminate_backend(${pid});`).join(" ");
  return {
    message:
      `${waiters.map(describeWaiter).join(", ")} waits for the lock of this run, and a statement with CONCURRENTLY would wait ` +
      `for it: neither could continue`,
    hint: waiters.some(({ hasWritten }) => hasWritten)
      ? `It has written something, so it is not ended here. Let it finish, or end it (${end}), then run pulumi up again.`
      : `This role may not end it. End it with a role that may (${end}), then run pulumi up again.`,
    ...{ sqlstate: undefined, detail: undefined, where: undefined, position: undefined, excerpt: undefined },
  };
}

/** The server refuses, for example, to create or drop a database again if the interrupted attempt has done it. */
async function unlessDone(
  database: Database,
  { sqlstateWhenDone, creates, index }: LoneStatement,
  error: StatementError,
): Promise<StatementError | undefined> {
  const exists = index?.action === "build" ? sqlstate.duplicateTable : sqlstateWhenDone;
  if (exists === undefined || error.sqlstate !== exists) return error;
  const isDone = index === undefined && (creates === undefined || (await isAsAsked(database, creates)));
  return isDone ? undefined : { ...error, hint: [error.hint, notProven].filter(Boolean).join("\n") };
}

const notProven =
  "The existing object is not, or cannot be shown to be, the one that the statement defines. " +
  "If an interrupted attempt left it, drop it and run pulumi up again; otherwise choose another name.";
