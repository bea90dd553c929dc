import type { Database } from "../postgres/session/database.ts";

/** What checks are evaluated in, so that they see one snapshot, cannot write, and leave the session as it was. */
export interface CheckFrame {
  begin: string;
  /** Makes it fit for the next check, after one that failed, or that has written. */
  recover: string;
  end: string;
}

const ownReadOnly: CheckFrame = {
  begin: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL row_security = off; SAVEPOINT checks",
  recover: "ROLLBACK TO SAVEPOINT checks",
  end: "ROLLBACK",
};

// What writes does so as an application would, which row security may stop.
const ownWriting: CheckFrame = {
  ...ownReadOnly,
  begin: "BEGIN; SET LOCAL row_security = on; SAVEPOINT checks",
};

// Rows that a policy would hide are an error: they could violate what seems to hold.
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

/** How long a check may take that does not say so itself, milliseconds. */
export const defaultTimeoutMs = 30_000;

/**
 * Evaluates something in a frame of its own; whatever it did is undone. `opening` is a query that is sent with the
 * beginning, whose rows `work` gets.
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
    // On a connection that is lost, ending fails too, with less to say.
    await database.execute(frame.end).catch(() => undefined);
    throw error;
  }
  await database.execute(frame.end);
  return result;
}

/** The setting that ends a statement after so long; it ends with the frame. */
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
