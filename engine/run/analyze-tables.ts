import type { Database } from "../postgres/session/database.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { readTableStorage, rewrittenTables, type TableStorage } from "../postgres/catalog/table-storage.ts";
import type { RunProgress } from "./run-result.ts";

/**
 * Renews the planner's statistics of tables that the run has filled, rewritten or given an index: until then queries on
 * them may be planned badly. What cannot be had is told and fails nothing, as the server does it by itself in time.
 */
export async function analyzeTables(
  database: Database,
  { before, ledger }: { before: TableStorage; ledger: string },
  onProgress: ((progress: RunProgress) => void) | undefined,
): Promise<void> {
  const tables = await unlessRefused(async () => {
    await database.execute("SET statement_timeout = 0");
    return rewrittenTables(database, before, ledger);
  });
  for (const [index, table] of (tables ?? []).entries()) {
    onProgress?.({ event: "analyzing", table, number: index + 1, of: tables?.length ?? 0 });
    await unlessRefused(
      () => database.execute(`ANALYZE ${table}`),
      (reason) => onProgress?.({ event: "unanalyzed", table, reason }),
    );
  }
  await unlessRefused(() => database.execute("RESET statement_timeout"));
}

/** Notes where tables are kept, for later; undefined where the server does not say, and then nothing is analyzed. */
export async function noteTableStorage(database: Database): Promise<TableStorage | undefined> {
  return unlessRefused(() => readTableStorage(database));
}

/** Everything is applied already: what is refused now must not look as if the run had failed. */
async function unlessRefused<Result>(
  work: () => Promise<Result>,
  onRefused?: (reason: string) => void,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StatementFailure)) throw error;
    onRefused?.(error.message);
    return undefined;
  }
}
