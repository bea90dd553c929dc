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
 * What is set for a statement that runs alone. Waiting CONCURRENTLY holds up nobody, while a time-out would leave an
 * invalid index behind; VACUUM FULL and their like queue for locks that stop the application, and give way as any
 * migration does. The transactions that an index is built in need not wait for the disk, each by itself; others have
 * effects outside the database, such as a file or a slot, which must not outlive what the database knows of them.
 */
export function settingsFor({ concurrently }: LoneStatement): readonly string[] {
  return concurrently ? ["SET lock_timeout = 0", "SET synchronous_commit = off"] : [];
}

/** What is known of earlier attempts at a statement that runs alone. */
export interface EarlierAttempts {
  /** Whether one that ran the same statement was interrupted: what it has done is not done again. */
  interrupted: boolean;
  /** Whether it was checked that none has left anything. Default: false. */
  leftNothing?: boolean;
  /** Whether nothing was attempted in this run, so that the watch alone has to look who is in the way. Default: false. */
  isFirst?: boolean;
}

/** Runs a statement that PostgreSQL allows in no transaction. */
export async function runAlone(
  { session, script }: Pick<MigrationAttempt, "script" | "session">,
  { alone, from, to }: Segment & { alone: LoneStatement },
  { interrupted, leftNothing = false, isFirst = false }: EarlierAttempts,
): Promise<StatementError | undefined> {
  const { database } = session;
  // A first attempt is not looked at before it, but while it waits.
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

/** To begin would only end in a deadlock, and so would to try again. */
function waitedFor(waiters: readonly LockWaiter[]): StatementError {
  const end = waiters.map(({ pid }) => `SELECT pg_terminate_backend(${pid});`).join(" ");
  return {
    message:
      `${waiters.map(describeWaiter).join(", ")} waits for the lock of this run, and a statement with CONCURRENTLY would wait ` +
      `for it: neither could go on`,
    hint: waiters.some(({ hasWritten }) => hasWritten)
      ? `It has written something, so it is not ended here. Have it finish, or end it (${end}), then run pulumi up again.`
      : `This role may not end it. Have a role end it that may (${end}), then run pulumi up again.`,
    ...{ sqlstate: undefined, detail: undefined, where: undefined, position: undefined, excerpt: undefined },
  };
}

/** The server refuses to create or drop, say, a database if the attempt that was interrupted has done it. */
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
  "What is there is not, or cannot be shown to be, as the statement asks for it. " +
  "If an interrupted attempt left it, drop it and run pulumi up again; else choose another name.";
