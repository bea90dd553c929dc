import type { LedgerEntry } from "./ledger.ts";

/** Prefix of the recorded error of a statement that may have committed part of its work. */
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

/** Prefix of the progress in a ledger that can only store it in its logs. The error follows on a separate line. */
export const progressPrefix = "pulumi-pg-migrations: ";
