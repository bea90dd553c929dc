import { durationInWords } from "../words.ts";
import { foreign } from "../foreign-text.ts";
import { describeHolder } from "../postgres/activity/lock-holders.ts";
import { describeWaiter } from "../postgres/activity/lock-waiters.ts";
import type { RunProgress } from "../run/run-result.ts";

/** A line of a run's progress. A note stays in the output; the next line replaces a status. */
export interface ProgressLine {
  kind: "note" | "status";
  text: string;
}

/**
 * Returns a function that describes each event of a run in one line; undefined if there is nothing to show. A log
 * without a terminal keeps every line, so a long statement gets a line every ten seconds and no percentage twice.
 */
export function runProgressLines(): (event: RunProgress) => ProgressLine | undefined {
  const longStatement = longStatementLines();
  return (event) => (event.event === "progressing" ? longStatement(event) : lineOf(event));
}

type Progressing = Extract<RunProgress, { event: "progressing" }>;

const intervalMs = 10_000;

function longStatementLines(): (event: Progressing) => ProgressLine | undefined {
  let reportedAtMs = 0;
  let shownPercent: number | undefined;
  return ({ progress, elapsedMs, statements }) => {
    // Another statement has started.
    if (elapsedMs < reportedAtMs) [reportedAtMs, shownPercent] = [0, undefined];
    if (elapsedMs < reportedAtMs + intervalMs) return undefined;
    reportedAtMs = elapsedMs;
    const { percent, phase } = progress ?? {};
    const isNew = percent !== undefined && percent !== shownPercent;
    shownPercent = percent ?? shownPercent;
    const parts = [
      durationInWords(elapsedMs),
      ...(statements === undefined ? [] : [statementsInWords(statements)]),
      ...(phase === undefined ? [] : [phase]),
    ];
    return status(isNew ? `${percent} % ${parts.join(", ")}` : parts.join(", "));
  };
}

function statementsInWords({ first, last, of }: NonNullable<Progressing["statements"]>): string {
  return first === last ? `statement ${first} of ${of}` : `statements ${first} to ${last} of ${of}`;
}

function lineOf(event: Exclude<RunProgress, Progressing>): ProgressLine | undefined {
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
    case "analyzing":
      return status(`${event.number}/${event.of} analyzing ${foreign(event.table)}`);
    case "unanalyzed":
      return note(`the statistics of ${foreign(event.table)} were not renewed: ${event.reason}`);
    case "lost":
      return note(`the connection was lost (${event.reason}); connecting again ...`);
    case "reconnected":
      return note(
        `connected again; ${event.inDoubt} was ${event.isCompleted ? "completed" : "not completed and is resumed"}`,
      );
    case "repeating":
      return note(`the server has lost its last commits, which are repeated: ${event.migrations.join(", ")}`);
    case "applied": {
      const done = event.direction === "up" ? "applied" : "rolled back";
      const place = `${event.number}/${event.of}`;
      return note(`${place} ${done} ${foreign(event.migration)} in ${durationInWords(event.durationMs)}`);
    }
  }
}

function waiterLine(waiter: Parameters<typeof describeWaiter>[0]): string {
  const who = `${describeWaiter(waiter)}, which waited for the lock of this run`;
  if (waiter.isEnded) return `ended ${who}: a statement with CONCURRENTLY would have waited for it`;
  const remedy = waiter.hasWritten
    ? "has written something and is not ended; let it finish, or"
    : "this role may not";
  return `${who}, holds up a statement with CONCURRENTLY; ${remedy} end it: SELECT pg_terminate_backend(${waiter.pid})`;
}

function note(text: string): ProgressLine {
  return { kind: "note", text };
}

function status(text: string): ProgressLine {
  return { kind: "status", text };
}
