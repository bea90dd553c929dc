import type { Database } from "../postgres/session/database.ts";

/** The facts about the run's ledger that a backup needs. */
export interface LedgerMark {
  /** The advisory lock of a run. A session that holds it is waited for, never ended. */
  lockKey(address: Database["address"]): string;
  /** Short text for the migrations applied in a database. */
  positionOf(database: Database): Promise<string>;
}
