import { foreign } from "../foreign-text.ts";
import { describeHolder } from "../postgres/lock-holders.ts";
import { describeWaiter } from "../postgres/lock-waiters.ts";
import type { RunProgress } from "../run/run-progress.ts";

/** A line of a run's progress: a note stays in the output, a status gives way to the next. */
export interface ProgressLine {
  kind: "note" | "status";
  text: string;
}

/** What happens while a run goes on, in the words of one line; undefined if nothing is to be shown. */
export function runProgressLine(event: RunProgress): ProgressLine | undefined {
  switch (event.event) {
    case "waiting":
      return note(`waiting for another migration run on this database: ${event.holder}`);
    case "started":
      return status(
        `${event.number}/${event.of} ${event.direction === "up" ? "applying" : "rolling back"} ${event.migration}`,
      );
    case "retrying":
      return note(
        `${event.migration} gave way to the application (${event.reason}); next attempt in ${event.waitMs} ms`,
      );
    case "blocked":
      return status(`waits for a lock that is held by ${event.holders.map(describeHolder).join(", ")}`);
    case "terminated":
      return note(
        `${event.migration}: ended a session that was idle in transaction, ${describeHolder(event.holder)}`,
      );
    case "ended-waiters":
      return note(event.waiters.map(waiterLine).join("; "));
    case "notice":
      return note(`${event.severity}: ${event.message} (${foreign(event.migration)})`);
    case "progressing": {
      const { phase, percent } = event.progress;
      return status(percent === undefined ? phase : `${percent} % ${phase}`);
    }
    case "analyzing":
      return status(`${event.number}/${event.of} analyzing ${foreign(event.table)}`);
    case "unanalyzed":
      return note(`the statistics of ${foreign(event.table)} were not renewed: ${event.reason}`);
    case "lost":
      return note(`the connection was lost (${event.reason}); connecting again ...`);
    case "reconnected":
      return note(
        `connected again; ${event.inDoubt} was ${event.isCompleted ? "completed" : "not completed, and is taken up"}`,
      );
    case "repeating":
      return note(
        `the server has lost what it had committed last, which is done again: ${event.migrations.join(", ")}`,
      );
    case "applied":
      return undefined;
  }
}

function waiterLine(waiter: Parameters<typeof describeWaiter>[0]): string {
  const who = `${describeWaiter(waiter)}, which waited for the lock of this run`;
  if (waiter.isEnded) return `ended ${who}: CREATE INDEX CONCURRENTLY would have waited for it`;
  return `${who}, holds up CREATE INDEX CONCURRENTLY; end it: SELECT pg_terminate_backend(${waiter.pid})`;
}

function note(text: string): ProgressLine {
  return { kind: "note", text };
}

function status(text: string): ProgressLine {
  return { kind: "status", text };
}
