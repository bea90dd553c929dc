import { setTimeout as sleep } from "node:timers/promises";
import type { Check, CheckResult } from "../checks/check.ts";
import { runChecks } from "../drift/run-checks.ts";
import { connect } from "../postgres/session/connect.ts";
import { looksOnly } from "../postgres/session/session-settings.ts";
import type { Connection } from "../postgres/session/connection.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";

/** The signals to watch, and for how long. */
export interface WatchRequest {
  connection: Connection;
  checks: readonly Check[];
  /** Duration, milliseconds. */
  durationMs: number;
  /** Milliseconds between two looks. */
  intervalMs: number;
  /** Number of consecutive bad looks that are tolerated; one more is an alarm. */
  tolerated: number;
  /** Called for each look; the next look waits for its promise. */
  onLook?: ((look: WatchLook) => Promise<void> | void) | undefined;
}

/** The state after one look. */
export interface WatchLook {
  elapsedMs: number;
  /** The names of the signals that are bad now. */
  bad: string[];
}

export interface WatchResult {
  looks: number;
  elapsedMs: number;
  /** The results of the signals that were bad for too long; empty if there were none. */
  alarms: CheckResult[];
}

/**
 * Evaluates checks repeatedly for a while. Ends early if a check of severity `fail` is bad for more consecutive looks
 * than are tolerated. An unreachable database makes all signals bad. Each look uses a new connection, so that it blocks
 * nothing in between.
 */
export async function watchChecks(request: WatchRequest): Promise<WatchResult> {
  const { checks, durationMs, intervalMs, tolerated, onLook } = request;
  const startedAt = performance.now();
  const badFor = new Map<string, number>();
  const alarms = new Map<string, CheckResult>();
  let isOverAfter = Infinity;
  for (let looks = 1; ; looks++) {
    const results = await look(request);
    const bad = results.filter(({ outcome }) => outcome !== "holds");
    for (const { name } of checks) {
      const result = bad.find(({ check }) => check === name);
      badFor.set(name, result === undefined ? 0 : (badFor.get(name) ?? 0) + 1);
      if (result !== undefined && (badFor.get(name) ?? 0) > tolerated) alarms.set(name, result);
    }
    const elapsedMs = Math.round(performance.now() - startedAt);
    await onLook?.({ elapsedMs, bad: bad.map(({ check }) => check) });
    // Signals that are bad at the end are watched until they are good again, or bad for too long.
    if (elapsedMs + intervalMs > durationMs) isOverAfter = Math.min(isOverAfter, looks + tolerated);
    const isOver =
      looks >= isOverAfter || (isOverAfter < Infinity && bad.every(({ check }) => alarms.has(check)));
    if (isOver || [...alarms.values()].some(({ severity }) => severity === "fail"))
      return { looks, elapsedMs, alarms: [...alarms.values()] };
    await sleep(intervalMs);
  }
}

async function look({ connection, checks }: WatchRequest): Promise<CheckResult[]> {
  try {
    const database = await connect(connection, { ...looksOnly, lockTimeoutMs: 1000 });
    try {
      return await runChecks({ database, checks });
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const reason = { message: error.message, sqlstate: error.sqlstate };
    return checks.map((check) => unreachable(check, reason));
  }
}

function unreachable(check: Check, error: CheckResult["error"]): CheckResult {
  const { name, kind, severity = "fail", owner } = check;
  return { check: name, kind, severity, when: [], outcome: "unknown", violations: 0, rows: [], owner, error };
}
