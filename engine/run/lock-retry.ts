import { setTimeout as sleep } from "node:timers/promises";
import { describeHolder } from "../postgres/activity/lock-holders.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import type { StatementError } from "./run-result.ts";
import type { StatementWatch } from "./statement-watch.ts";

/** Backs off for the holder of a lock, and tries again a little later. */
export type LockRetry = <
  Result extends { error: StatementError | undefined; mayBePartlyDone?: boolean } | undefined,
>(
  watch: StatementWatch,
  work: () => Promise<Result>,
) => Promise<Result>;

/**
 * Repeats work that ends with a lock time-out until it succeeds, fails in another way, or the time is over. The pauses
 * grow, with some jitter, so that two runs do not keep step. The last failure names the holder of the lock.
 */
export function lockRetry(options: {
  retryMs: number;
  onRetry: (waitMs: number, reason: string) => void;
}): LockRetry {
  return async (watch, work) => {
    const deadline = Date.now() + options.retryMs;
    for (let backoffMs = 250; ; backoffMs = Math.min(backoffMs * 2, 8_000)) {
      watch.holders = [];
      const result = await work();
      const error = result?.error;
      if (result === undefined || error === undefined || !isWorthRepeating(error)) return result;
      const explained = { ...error, hint: withHolders(error, watch) };
      if (result.mayBePartlyDone === true) return { ...result, error: explained };
      const waitMs = Math.round(backoffMs * (0.5 + Math.random()));
      if (Date.now() + waitMs > deadline) return { ...result, error: explained };
      options.onRetry(waitMs, [error.message, ...watch.holders.map(describeHolder)].join("; held by "));
      await sleep(waitMs);
    }
  };
}

/** The loser of a deadlock has been rolled back as well, and the other party has its lock. */
function isWorthRepeating(error: StatementError): boolean {
  return error.sqlstate === sqlstate.lockNotAvailable || error.sqlstate === sqlstate.deadlockDetected;
}

function withHolders({ hint }: StatementError, { holders }: StatementWatch): string | undefined {
  if (holders.length === 0) return hint;
  const held = holders.map((holder) => `The lock was held by ${describeHolder(holder)}`);
  return [...(hint === undefined ? [] : [hint]), ...held].join("\n");
}
