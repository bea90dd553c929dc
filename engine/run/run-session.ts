import { describeHolder } from "../postgres/lock-holders.ts";
import type { Database } from "../postgres/database.ts";
import { type Backend, backendOf } from "../postgres/session-activity.ts";
import type { RunProgress } from "./run-progress.ts";
import { StatementWatch, watched, type WatchOptions } from "./statement-watch.ts";

/** The session that a run works on, and what watches over it. */
export interface RunSession {
  database: Database;
  watch: StatementWatch;
  /** The server process that serves it. */
  backend: Backend;
}

/** What a run's session reports, and of which migration. */
export interface RunObserver {
  /** The migration that is being worked on; undefined between two. */
  current: () => string | undefined;
  report: (progress: RunProgress) => void;
}

/** Puts a session under watch. */
export async function watchSession(
  database: Database,
  options: Pick<WatchOptions, "silenceMs" | "terminateIdleAfterMs">,
  { current, report }: RunObserver,
): Promise<RunSession> {
  let blockedBy = "";
  const backend = await identify(database, options);
  const watch = new StatementWatch(database, backend.pid, {
    ...options,
    onBlocked: (holders) => {
      const described = holders.map(describeHolder).join(", ");
      if (described !== blockedBy) report({ event: "blocked", migration: current() ?? "", holders });
      blockedBy = described;
    },
    onTerminated: (holder) => report({ event: "terminated", migration: current() ?? "", holder }),
    onProgress: (progress) => report({ event: "progressing", migration: current() ?? "", progress }),
  });
  await watch.open();
  return { database: watched(database, watch), watch, backend };
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
