import type { SlowerStatement } from "../watch/statement-times.ts";
import type { WatchResult } from "../watch/watch-checks.ts";
import { checkReport } from "../checks/check-report.ts";
import { count, durationInWords } from "../words.ts";

/** Number of slower statements that are named. */
const shownStatements = 5;

/** The result of watching, in one line if no signal was bad. */
export function watchReport({ looks, elapsedMs, alarms }: WatchResult): string {
  const watched = `Watched for ${durationInWords(elapsedMs)}, ${count(looks, "look")}`;
  if (alarms.length === 0) return `${watched}: all signals stayed good.`;
  return `${watched}. Bad for too long:\n${checkReport(alarms)}`;
}

/** The statements that became slower; undefined if there are none. */
export function slowerReport(statements: readonly SlowerStatement[]): string | undefined {
  if (statements.length === 0) return undefined;
  const lines = statements
    .slice(0, shownStatements)
    .map(
      ({ query, beforeMs, nowMs, calls }) =>
        `  ${nowMs.toFixed(1)} ms instead of ${beforeMs.toFixed(1)} ms, ${count(calls, "execution")}: ${query}`,
    );
  return `${count(statements.length, "statement")} slower than before the run (pg_stat_statements):\n${lines.join("\n")}`;
}
