import type { Database } from "../postgres/database.ts";
import { StatementFailure } from "../postgres/statement-failure.ts";
import { rewrittenTables, type TableStorage } from "../postgres/table-storage.ts";
import type { RunProgress } from "./run-progress.ts";
import { takeTime } from "./session-state.ts";

/**
 * Renews the planner's statistics of tables that the run has filled, rewritten or given an index: until then queries on
 * them may be planned badly. What cannot be had is told and fails nothing, as the server does it by itself in time.
 */
export async function analyzeTables(
  database: Database,
  { before, ledger }: { before: TableStorage; ledger: string },
  onProgress: ((progress: RunProgress) => void) | undefined,
): Promise<void> {
  const tables = await rewrittenTables(database, before, ledger);
  if (tables.length === 0) return;
  await database.execute(takeTime);
  for (const [index, table] of tables.entries()) {
    onProgress?.({ event: "analyzing", table, number: index + 1, of: tables.length });
    try {
      await database.execute(`ANALYZE ${table}`);
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      onProgress?.({ event: "unanalyzed", table, reason: error.message });
    }
  }
  await database.execute("RESET lock_timeout; RESET statement_timeout");
}
