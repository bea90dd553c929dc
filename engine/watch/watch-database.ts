import { withDatabase } from "../postgres/session/connect.ts";
import {
  readStatementTimes,
  type SlowerStatement,
  slowerStatements,
  type StatementTimes,
} from "./statement-times.ts";
import { watchChecks, type WatchRequest, type WatchResult } from "./watch-checks.ts";

/**
 * Watches checks for a while, and reports the statements that became slower by `slowerFactor` or more, if
 * pg_stat_statements is available.
 */
export async function watchDatabase(
  request: WatchRequest & { slowerFactor: number },
): Promise<WatchResult & { slower: SlowerStatement[] }> {
  const before = await timesOf(request);
  const result = await watchChecks(request);
  const now = before === undefined ? undefined : await timesOf(request);
  const slower =
    before === undefined || now === undefined ? [] : slowerStatements(before, now, request.slowerFactor);
  return { ...result, slower };
}

/** Mere reports fail nothing, not even for an unreachable database: the signals cover that. */
async function timesOf({ connection }: WatchRequest): Promise<StatementTimes | undefined> {
  return withDatabase(connection, readStatementTimes).catch(() => undefined);
}
