import type { LedgerEntry } from "./ledger.ts";

/** Begins the recorded error of a statement that may have committed part of its work. */
export const partlyDonePrefix = "May be partly done: ";

/** The error that ended an attempt of this package; undefined if the attempt was interrupted. */
export function recordedError({
  logs,
  progress,
}: Pick<LedgerEntry, "logs" | "progress">): string | undefined {
  if (progress === undefined || logs === undefined) return undefined;
  if (!logs.startsWith(progressPrefix)) return logs;
  const end = logs.indexOf("\n");
  return end < 0 ? undefined : logs.slice(end + 1);
}

/** Begins the progress in a ledger that has no other place for it than its logs; the error follows on a line of its own. */
export const progressPrefix = "pulumi-pg-migrations: ";
