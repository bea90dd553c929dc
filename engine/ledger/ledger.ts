import type { Folder } from "../folder/folder.ts";
import type { Migration } from "../folder/migration.ts";
import type { Address, Queryable } from "../postgres/session/database.ts";
import type { LedgerMark } from "./ledger-elsewhere.ts";

/** One row of a ledger, in the terms that all formats share. */
export interface LedgerEntry {
  /** The migration's key. */
  key: string;
  /** The checksum in the ledger; undefined where the format's ledger holds none, and then nothing is compared. */
  checksum: string | undefined;
  /** `applied`; `failed`: begun and not finished; `rolled-back`: undone, or failed once and since declared undone. */
  state: "applied" | "failed" | "rolled-back";
  /** Undefined where the ledger does not say. */
  startedAt: Date | undefined;
  /** What the tool that failed wrote about it. */
  logs: string | undefined;
  /** How far an attempt outside a transaction has come; undefined where the row was not left by this package. */
  progress: AttemptProgress | undefined;
}

/** How far an attempt outside a transaction has come. */
export interface AttemptProgress {
  /** How many segments of the script are done. */
  segments: number;
  /** SHA-256 over the text of those: whether a script that has changed since still begins with them. */
  sha256: string;
}

/** What is known of a database's ledger. */
export interface LedgerState {
  /** The table's quoted, qualified name. */
  table: string;
  exists: boolean;
  /** A table of the same schema although there is no ledger: the database was not made by these migrations. */
  tableWithoutLedger: string | undefined;
  /** Whether it has a row at all, be it of no migration, such as the mark of a baseline. */
  hasRows: boolean;
  /** In the order in which they were begun. */
  entries: LedgerEntry[];
}

/** One attempt to apply a migration, or to roll it back. */
export interface LedgerRecord {
  /** A UUID, for ledgers whose rows have one. */
  id: string;
  migration: Migration;
}

/** Commands of a tool, or what to do by hand if it has none; parts of a sentence. */
export interface ToolRemedy {
  /** Records the outcome of an attempt that failed. */
  settle(name: string): string;
  /** Records which migrations a database without a ledger already holds. */
  baseline: string;
}

/**
 * The bookkeeping of one format of folders: the table of the tool that the format comes from, its rows as the tool
 * writes them. Every method names tables and functions with their schema, since a script may have changed the
 * search path. None opens or ends a transaction: the caller decides what is one.
 */
export interface Ledger {
  /** The number of the advisory lock that the tool itself takes on this database: neither runs while the other does. */
  lockKey(address: Pick<Address, "database" | "schema">): string;
  /** By what it is found in another schema than the connection's; undefined where the tool has it in a fixed one. */
  mark: LedgerMark | undefined;
  /** The quoted, qualified name of its table, where the migrations live in this schema. */
  tableOf(schema: string): string;
  /** How the tool itself records what this package must not record for it. */
  remedy: ToolRemedy;
  /** Reads the ledger in at most two queries. Keys that the folder lacks are given as well. */
  read(database: Queryable, folder: Folder): Promise<LedgerState>;
  /** Creates the table, exactly as the tool does, and a missing schema. Fails if something has taken its place since. */
  create(database: Queryable): Promise<void>;
  /**
   * Records a migration as applied, as the tool would; the caller's transaction began with the migration. It must not
   * depend on the rows of its statements, since these may be sent later, together with COMMIT.
   */
  apply(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Records that an applied migration was rolled back, so that the tool takes it for pending. */
  revert(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Declares a migration applied that was not run; an unfinished attempt of it is settled by that. */
  declareApplied(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Declares unfinished attempts of a migration undone, so that it can begin again. */
  declareRolledBack(database: Queryable, migration: Pick<Migration, "key" | "details">): Promise<void>;
  /**
   * Records that a migration has begun which cannot run in one transaction, and that nothing of it is done. It must
   * not depend on the rows of its statements.
   */
  begin(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Records how far it has come. */
  advance(database: Queryable, record: LedgerRecord, progress: AttemptProgress): Promise<void>;
  /** Whether `finish` depends on the rows of its statements, and so cannot be sent in one message. */
  finishReadsRows: boolean;
  /** Records that it is applied: what it was begun with becomes what `apply` writes. */
  finish(database: Queryable, record: LedgerRecord): Promise<void>;
  /** Records why it failed, and with `undone` that nothing of it remains. Gives when an attempt that stays unfinished began. */
  fail(
    database: Queryable,
    record: LedgerRecord,
    failure: { logs: string; undone: boolean },
  ): Promise<Date | undefined>;
}
