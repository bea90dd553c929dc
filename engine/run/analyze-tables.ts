import type { Database } from "../postgres/session/database.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { readTableStorage, rewrittenTables, type TableStorage } from "../postgres/catalog/table-storage.ts";
import type { RunProgress } from "./run-result.ts";

/**
 * Renews the planner's statistics of tables that the run filled, rewrote or indexed. Until then, the planner may choose
 * poor plans for them. A table that cannot be analyzed is reported and does not fail the run, because the server
 * analyzes it later by itself.
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

/**
 * Notes the storage of all tables for a later comparison. Undefined if the server does not report it; then nothing is
 * analyzed.
 */
export async function noteTableStorage(database: Database): Promise<TableStorage | undefined> {
  return unlessRefused(() => readTableStorage(database));
}

/** Everything is applied already, so a refusal here must not look like a failed run. */
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
