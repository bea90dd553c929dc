import { setTimeout as sleep } from "node:timers/promises";
import type { Check, CheckResult } from "../checks/check.ts";
import { runChecks } from "../drift/run-checks.ts";
import { connect } from "../postgres/session/connect.ts";
import { looksOnly } from "../postgres/session/session-settings.ts";
import type { Connection } from "../postgres/session/connection.ts";
import { ConnectionError } from "../postgres/session/connection-error.ts";

/** What is followed, for how long, and how. */
export interface WatchRequest {
  connection: Connection;
  /** The signals. */
  checks: readonly Check[];
  /** For how long they are followed, milliseconds. */
  durationMs: number;
  /** How long to wait between two looks, milliseconds. */
  intervalMs: number;
  /** How many looks in a row a signal may be bad; one more is an alarm. */
  tolerated: number;
  /** Told of each look; the next one waits for what it returns. */
  onLook?: ((look: WatchLook) => Promise<void> | void) | undefined;
}

/** How things stand in the middle of it. */
export interface WatchLook {
  elapsedMs: number;
  /** The names of the signals that are bad now. */
  bad: string[];
}

/** What came of it. */
export interface WatchResult {
  looks: number;
  elapsedMs: number;
  /** The signals that were bad for too long, as they were then; empty where all stayed well. */
  alarms: CheckResult[];
}

/**
 * Follows checks for a while, and ends early where one that has to hold is bad for more looks in a row than are tolerated.
 * A database that cannot be reached is bad for all. A connection of its own is made for each look, so that it stands in
 * nobody's way.
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
    // Signals that are bad when the time is over are followed until they are well again, or bad for too long.
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
