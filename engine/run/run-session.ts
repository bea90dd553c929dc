import { describeHolder } from "../postgres/activity/lock-holders.ts";
import type { Database, Notice } from "../postgres/session/database.ts";
import { endLockWaiters, type LockWaiter } from "../postgres/activity/lock-waiters.ts";
import { type Backend, backendOf } from "../postgres/activity/session-activity.ts";
import type { StatementProgress } from "../postgres/activity/statement-progress.ts";
import type { RunProgress } from "./run-result.ts";
import { StatementWatch, watched, type WatchOptions } from "./statement-watch.ts";

/** The session that a run works on, and its watch. */
export interface RunSession {
  database: Database;
  watch: StatementWatch;
  /** The server process that serves it. */
  backend: Backend;
  /** Reports the server's messages while a script runs. */
  onNotice: (notice: Notice) => void;
  /** The place in its script of the statement that is sent; undefined for the run's own. */
  place: { current: ScriptPlace | undefined };
  /** Reports the progress of the script between two of its messages. */
  onPassed: () => void;
  /** Ends the sessions that wait for that lock, and reports them. Returns those that this role may not end. */
  endWaiters: () => Promise<LockWaiter[]>;
}

/** The receiver of a session's reports, and the migration that they belong to. */
export interface RunObserver {
  /** The migration in progress; undefined between two. */
  current: () => string | undefined;
  report: (progress: RunProgress) => void;
  /** The number of the run's advisory lock. */
  lockKey: string;
}

/** Puts a session under watch. */
export async function watchSession(
  database: Database,
  options: Pick<WatchOptions, "silenceMs" | "terminateIdleAfterMs">,
  { current, report, lockKey }: RunObserver,
): Promise<RunSession> {
  let blockedBy = "";
  const backend = await identify(database, options);
  const place: RunSession["place"] = { current: undefined };
  const reportProgress = (progress?: StatementProgress, elapsedMs = 0): void => {
    const { startedAt = Date.now() - elapsedMs } = place.current ?? {};
    const runsForMs = Date.now() - startedAt;
    if (progress?.percent === undefined && runsForMs < longMs) return;
    report({
      ...{ event: "progressing", migration: current() ?? "", progress },
      elapsedMs: runsForMs,
      statements: place.current,
    });
  };
  const known = new Set<number>();
  const reportWaiters = (waiters: LockWaiter[]): void => {
    const unknown = waiters.filter(({ pid }) => !known.has(pid));
    for (const { pid } of unknown) known.add(pid);
    if (unknown.length > 0) report({ event: "ended-waiters", migration: current() ?? "", waiters: unknown });
  };
  const watch = new StatementWatch(database, backend.pid, {
    ...options,
    onBlocked: (holders) => {
      const described = holders.map(describeHolder).join(", ");
      if (described !== blockedBy) report({ event: "blocked", migration: current() ?? "", holders });
      blockedBy = described;
    },
    onTerminated: (holder) => report({ event: "terminated", migration: current() ?? "", holder }),
    lockKey,
    onWaiters: reportWaiters,
    onProgress: reportProgress,
  });
  await watch.open();
  const endWaiters = async (): Promise<LockWaiter[]> => {
    const waiters = await endLockWaiters(database, lockKey);
    reportWaiters(waiters);
    return waiters.filter(({ isEnded }) => !isEnded);
  };
  const onNotice = boundedNotices(current, (notice) =>
    report({ event: "notice", migration: current() ?? "", ...notice }),
  );
  return {
    database: watched(database, watch),
    watch,
    backend,
    onNotice,
    place,
    onPassed: () => reportProgress(),
    endWaiters,
  };
}

/** The first statement of a run may get no answer either; no server needs long for this one. */
async function identify(
  database: Database,
  { silenceMs = 30_000 }: Pick<WatchOptions, "silenceMs">,
): Promise<Backend> {
  const silence = setTimeout(() => database.abandon("the server has been silent for too long"), silenceMs);
  try {
    return await backendOf(database);
  } finally {
    clearTimeout(silence);
  }
}

/** Milliseconds after which a script counts as long although the server knows nothing of its progress. */
const longMs = 10_000;

/**
 * The statements of its script that a message has, the first counted from 1. The server does not report the current
 * one.
 */
export interface ScriptPlace {
  first: number;
  last: number;
  of: number;
  /** The time when the first message of the script was sent. */
  startedAt: number;
}

/** A script can raise millions of notices; only this many of a migration are reported. */
const shownNotices = 20;

function boundedNotices(
  current: () => string | undefined,
  report: (notice: Notice) => void,
): (notice: Notice) => void {
  let [migration, shown] = [current(), 0];
  return (notice) => {
    if (migration !== current()) [migration, shown] = [current(), 0];
    shown++;
    if (shown <= shownNotices) report(notice);
    else if (shown === shownNotices + 1)
      report({ severity: "NOTICE", message: `... more than ${shownNotices}; no others are shown` });
  };
}
