import type { FolderFormat } from "../folder/folder.ts";
import type { Database } from "../postgres/database.ts";
import { prismaLedger } from "./prisma-ledger.ts";

/** One row of a ledger, in the terms that all formats share. */
export interface LedgerEntry {
  /** Identifies the row within the ledger. */
  id: string;
  /** The migration's name. */
  name: string;
  checksum: string;
  /** `applied`; `failed`: begun and not finished; `rolled-back`: failed once and since declared undone. */
  state: "applied" | "failed" | "rolled-back";
  startedAt: Date;
  /** What the tool that failed wrote about it. */
  logs: string | undefined;
}

/** What is known of a database's ledger. */
export interface LedgerState {
  /** The table's quoted, qualified name. */
  table: string;
  exists: boolean;
  /** A table of the same schema although there is no ledger: the database was not made by these migrations. */
  tableWithoutLedger: string | undefined;
  /** In the order in which they were begun. */
  entries: LedgerEntry[];
}

/** What is written about a migration. */
export interface LedgerRecord {
  id: string;
  name: string;
  checksum: string;
}

/** The bookkeeping of one format of folders: the table of the tool that the format comes from. */
export interface Ledger {
  /** The number of the advisory lock that the tool itself takes. */
  lockKey: number;
  /** The quoted, qualified name of its table, where the migrations live in this schema. */
  tableOf(schema: string): string;
  /** Reads the ledger in at most two queries. */
  read(database: Database): Promise<LedgerState>;
  /** Creates the schema and the table where they are missing. */
  create(database: Database): Promise<void>;
  /** Records that a migration has begun. */
  begin(database: Database, record: LedgerRecord): Promise<void>;
  /** Records that it is done; false where its row has gone meanwhile, because the migration itself removed it. */
  finish(database: Database, record: LedgerRecord): Promise<boolean>;
  /** Records why it failed and that nothing of it remains; only for migrations that cannot run in a transaction. */
  fail(database: Database, record: LedgerRecord, logs: string): Promise<void>;
  /** Declares the failed attempts of a migration undone, so that it can begin again, and gives their checksums. */
  rollBack(database: Database, name: string): Promise<string[]>;
}

/** The ledger that belongs to a format of folders. */
export function ledgerOf(format: FolderFormat): Ledger {
  return { prisma: prismaLedger }[format];
}
