import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import type { Address, Queryable } from "../postgres/session/database.ts";
import type { LedgerMark } from "./ledger-elsewhere.ts";

/** One row of a ledger, in the terms that all formats share. */
export interface LedgerEntry {
  key: string;
  /** The checksum in the ledger; undefined if the format's ledger holds none, in which case nothing is compared. */
  checksum: string | undefined;
  /** `failed`: started and not finished. `rolled-back`: undone, or failed and later declared undone. */
  state: "applied" | "failed" | "rolled-back";
  /** Undefined if the ledger does not record it. */
  startedAt: Date | undefined;
  /** The message of the tool that failed. */
  logs: string | undefined;
  /** The progress of an attempt outside a transaction; undefined if another tool wrote the row. */
  progress: AttemptProgress | undefined;
}

/** The progress of an attempt outside a transaction. */
export interface AttemptProgress {
  /** Number of finished segments of the script. */
  segments: number;
  /** SHA-256 over their text. It reveals whether a changed script still begins with them. */
  sha256: string;
}

/** The state of a database's ledger. */
export interface LedgerState {
  /** The table's quoted, qualified name. */
  table: string;
  exists: boolean;
  /** A table of the same schema although there is no ledger: these migrations did not make the database. */
  tableWithoutLedger: string | undefined;
  /** True if it has any row, even one of no migration, such as the mark of a baseline. */
  hasRows: boolean;
  /** In the order in which they were started. */
  entries: LedgerEntry[];
}

/** One attempt to apply a migration, or to roll it back. */
export interface LedgerRecord {
  /** A UUID, for ledgers whose rows have one. */
  id: string;
  migration: Migration;
}

/** Commands of a tool, or manual steps if it has none. They are parts of a sentence. */
export interface ToolRemedy {
  /** Records the outcome of a failed attempt. */
  settle(name: string): string;
  /** Records which migrations a database without a ledger already holds. */
  baseline: string;
}

/**
 * The ledger of one format: the table of the format's tool, with rows as the tool writes them. Every method qualifies
 * tables and functions, because a script may have changed the search path. None opens or ends a transaction; the caller
 * does.
 */
export interface Ledger {
  /**
   * The number of the advisory lock that the tool takes on this database. The tool and this package never run at the
   * same time.
   */
  lockKey(address: Pick<Address, "database" | "schema">): string;
  /** Identifies it in another schema than the connection's; undefined if the tool uses a fixed schema. */
  mark: LedgerMark | undefined;
  /** The quoted, qualified name of its table, for migrations in this schema. */
  tableOf(schema: string): string;
  /** The tool's way to record what this package must not record for it. */
  remedy: ToolRemedy;
  /** Reads the ledger in at most two queries. The result includes keys that the folder lacks. */
  read(database: Queryable, folder: Folder): Promise<LedgerState>;
  /**
   * Creates the table exactly as the tool does, and its schema if it does not exist. Fails if the name was taken in the
   * meantime.
   */
  create(database: Queryable): Promise<void>;
  /**
   * Records a migration as applied, as the tool would. The caller's transaction started with the migration. It must not
   * read rows, because its statements may be sent later, together with COMMIT.
   */
  apply(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Records that an applied migration was rolled back, so that the tool treats it as pending. */
  revert(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Declares a migration applied that was not run. This settles an unfinished attempt. */
  declareApplied(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Declares unfinished attempts of a migration undone, so that it can start again. */
  declareRolledBack(database: Queryable, migration: Pick<Migration, "key" | "details">): Promise<void>;
  /**
   * Records that a migration has started that cannot run in one transaction, with nothing done yet. It must not read
   * rows.
   */
  begin(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Records the progress. */
  advance(database: Queryable, record: LedgerRecord, progress: AttemptProgress): Promise<void>;
  /** True if `finish` reads rows, and so cannot be sent in one message. */
  finishReadsRows: boolean;
  /** Records the migration as applied: turns the row from `begin` into the row that `apply` writes. */
  finish(database: Queryable, record: LedgerRecord): Promise<void>;
  /**
   * Records why it failed and, with `undone`, that nothing of it remains. Resolves to the start of an attempt that
   * stays unfinished.
   */
  fail(
    database: Queryable,
    record: LedgerRecord,
    failure: { logs: string; undone: boolean },
  ): Promise<Date | undefined>;
}
