import { describeHolder } from "../postgres/lock-holders.ts";
import type { Database } from "../postgres/database.ts";
import { endLockWaiters, type LockWaiter } from "../postgres/lock-waiters.ts";
import { type Backend, backendOf } from "../postgres/session-activity.ts";
import type { RunProgress } from "./run-progress.ts";
import { StatementWatch, watched, type WatchOptions } from "./statement-watch.ts";

/** The session that a run works on, and what watches over it. */
export interface RunSession {
  database: Database;
  watch: StatementWatch;
  /** The server process that serves it. */
  backend: Backend;
  /** Ends the sessions that wait for that lock, and reports them; gives those that this role may not end. */
  endWaiters: () => Promise<LockWaiter[]>;
}

/** What a run's session reports, and of which migration. */
export interface RunObserver {
  /** The migration that is being worked on; undefined between two. */
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
    onProgress: (progress) => report({ event: "progressing", migration: current() ?? "", progress }),
  });
  await watch.open();
  const endWaiters = async (): Promise<LockWaiter[]> => {
    const waiters = await endLockWaiters(database, lockKey);
    reportWaiters(waiters);
    return waiters.filter(({ isEnded }) => !isEnded);
  };
  return { database: watched(database, watch), watch, backend, endWaiters };
}

/** The first word of a run may get no answer either; no server needs long for this one. */
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
