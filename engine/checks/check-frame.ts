import type { Database } from "../postgres/session/database.ts";

/** The transaction state around checks: they see one snapshot, cannot write, and leave the session unchanged. */
export interface CheckFrame {
  begin: string;
  /** Prepares for the next check after one that failed or has written. */
  recover: string;
  end: string;
}

const ownReadOnly: CheckFrame = {
  begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL row_security = off; SAVEPOINT checks",
  recover: "ROLLBACK TO SAVEPOINT checks",
  end: "ROLLBACK",
};

// Writing checks write as an application would, so row security may stop them.
const ownWriting: CheckFrame = {
  ...ownReadOnly,
  begin: "BEGIN; SET LOCAL row_security = on; SAVEPOINT checks",
};

// Rows that a policy would hide are an error: they could violate a check that seems to pass.
const readOnlyAndComplete = "SET LOCAL transaction_read_only = on; SET LOCAL row_security = off";

// Read-only lasts until its savepoint is rolled back, so that the ledger can be written afterwards.
const openReadOnly: CheckFrame = {
  begin: `SAVEPOINT checks; ${readOnlyAndComplete}`,
  recover: `ROLLBACK TO SAVEPOINT checks; ${readOnlyAndComplete}`,
  end: "ROLLBACK TO SAVEPOINT checks; RELEASE SAVEPOINT checks",
};

const openWriting: CheckFrame = {
  begin: "SAVEPOINT checks",
  recover: "ROLLBACK TO SAVEPOINT checks",
  end: openReadOnly.end,
};

/** The default time limit of a check, milliseconds. */
export const defaultTimeoutMs = 30_000;

/**
 * Evaluates something in its own frame and undoes its effects. The query `opening` is sent together with the opening
 * statements; `work` gets its rows.
 */
export async function inFrame<Result>(
  database: Database,
  place: { insideTransaction: boolean; writes?: boolean; opening?: string | undefined },
  work: (frame: CheckFrame, opened: object[]) => Promise<Result>,
): Promise<Result> {
  const frame = frameOf(place);
  const begin = [
    frame.begin,
    timeout(defaultTimeoutMs),
    ...(place.opening === undefined ? [] : [place.opening]),
  ];
  const opened = await database.query(begin.join("; "));
  let result: Result;
  try {
    result = await work({ ...frame, recover: `${frame.recover}; ${timeout(defaultTimeoutMs)}` }, opened);
  } catch (error) {
    // On a lost connection, ending fails too, with a less useful error.
    await database.execute(frame.end).catch(() => undefined);
    throw error;
  }
  await database.execute(frame.end);
  return result;
}

/** The setting that limits a statement's time, until the frame ends. */
export function timeout(timeoutMs: number): string {
  return `SET LOCAL statement_timeout = ${timeoutMs}`;
}

function frameOf({
  insideTransaction,
  writes,
}: {
  insideTransaction: boolean;
  writes?: boolean;
}): CheckFrame {
  if (insideTransaction) return writes === true ? openWriting : openReadOnly;
  return writes === true ? ownWriting : ownReadOnly;
}
