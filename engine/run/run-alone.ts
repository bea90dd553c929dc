import type { LoneStatement } from "../postgres/lone-statement.ts";
import type { Segment } from "../postgres/script.ts";
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
  /** Whether one may have run the same statement: then what it has done is not done again. */
  repeats: boolean;
  /** Whether it was looked, and none has left anything. Default: false. */
  leftNothing?: boolean;
}

/** Runs a statement that PostgreSQL allows in no transaction. */
export async function runAlone(
  { session, script }: Pick<MigrationAttempt, "script" | "session">,
  { alone, from, to }: Segment & { alone: LoneStatement },
  { repeats, leftNothing = false }: EarlierAttempts,
): Promise<StatementError | undefined> {
  const { database } = session;
  const work = leftNothing ? "all" : await remainingWork(database, alone, repeats);
  if (work === "nothing") return undefined;
  if (work === "all") {
    const error = await executeStatements(session, script, { from, to });
    return isDone(error, alone, repeats) ? undefined : error;
  }
  await database.execute(work.instead);
  return undefined;
}

/** What creates or drops a database, say, is refused where the attempt that was interrupted has done it. */
function isDone(
  error: StatementError | undefined,
  { sqlstateWhenDone }: LoneStatement,
  repeats: boolean,
): boolean {
  return repeats && sqlstateWhenDone !== undefined && error?.sqlstate === sqlstateWhenDone;
}
