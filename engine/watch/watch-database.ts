import { withDatabase } from "../postgres/session/connect.ts";
import {
  readStatementTimes,
  type SlowerStatement,
  slowerStatements,
  type StatementTimes,
} from "./statement-times.ts";
import { watchChecks, type WatchRequest, type WatchResult } from "./watch-checks.ts";

/**
 * Follows checks for a while, and tells which statements took longer meanwhile than before by `slowerFactor` and more,
 * where pg_stat_statements says so.
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

/** What is only told fails nothing, a database that cannot be reached included: the signals say so. */
async function timesOf({ connection }: WatchRequest): Promise<StatementTimes | undefined> {
  return withDatabase(connection, readStatementTimes).catch(() => undefined);
}
