import type { Database } from "../postgres/session/database.ts";

/** What a backup has to know of the ledger of the run that it is taken for. */
export interface LedgerMark {
  /** The advisory lock of a run: a session that holds it is waited for, never ended. */
  lockKey(address: Database["address"]): string;
  /** Tells what is applied in a database, in a few characters. */
  positionOf(database: Database): Promise<string>;
}
