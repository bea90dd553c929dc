import type { Folder } from "../folder/folder.ts";
import type { Queryable } from "../postgres/session/database.ts";
import { quoteName } from "../postgres/text/identifier.ts";
import { sqlstate } from "../postgres/text/sqlstate.ts";
import { StatementFailure } from "../postgres/text/statement-failure.ts";
import { AttemptTable } from "./attempt-table.ts";
import { createSchema } from "./ledger-schema.ts";
import type { Ledger, LedgerRecord, LedgerState, ToolRemedy } from "./ledger.ts";
import { type ReadRows, readRows, type ReadTable, readToolState, type ToolRow } from "./tool-rows.ts";
import { entriesOf, type ToolEntry } from "./tool-entries.ts";

/** The table in which a tool records applied migrations, without attempts. */
export interface ToolTable {
  /** Its name without the schema. */
  table: string;
  /** The schema, if the tool uses a fixed one. Default: the connection's. */
  schema?: string | undefined;
  /** The number of the advisory lock. Default: the lock of this package for tools without one. */
  lockKey?: Ledger["lockKey"] | undefined;
  /** The required columns. A table without them belongs to another tool. */
  columns: readonly string[];
  /** True if a table with additional columns belongs to another tool too. Default: false. */
  isExact?: boolean | undefined;
  row: ToolRow;
  /** The tool's commands to record what this package must not. Default: none. */
  remedy?: Partial<ToolRemedy> | undefined;
  /** Makes entries of the rows. Default: one entry for each row. */
  interpret?: ((rows: readonly ToolEntry[], folder: Folder) => readonly ToolEntry[]) | undefined;
  /** Creates the table with this quoted name; its schema exists. */
  create(database: Queryable, table: string): Promise<void>;
  /** Writes the row of an applied migration. */
  insert(database: Queryable, table: string, record: LedgerRecord): Promise<void>;
  /** Removes the row of a migration, or does what the tool does to make it pending again. */
  remove(database: Queryable, table: string, record: LedgerRecord): Promise<void>;
}

/** The lock for tools that take none. It is Prisma's, so that two runs of this package never overlap. */
const ownLockKey = "72707369";

/** The ledger of a tool that records applied migrations. Unfinished attempts are in our own table next to it. */
export function toolLedger(tool: ToolTable): Ledger {
  const schemaOf = (schema: string): string => tool.schema ?? schema;
  const tableOf = (schema: string): string => quoteName([schemaOf(schema), tool.table]);
  const tableIn = ({ address }: Queryable): string => tableOf(address.schema);
  const attempts = (database: Queryable): AttemptTable =>
    new AttemptTable(database, schemaOf(database.address.schema));
  return {
    lockKey: (address) => tool.lockKey?.(address) ?? ownLockKey,

    mark: tool.schema === undefined ? { table: tool.table, columns: tool.columns } : undefined,

    tableOf,

    remedy: { ...recordedByHand(tool.table), ...tool.remedy },

    async read(database, folder) {
      const table = { ...tool, schema: schemaOf(database.address.schema) };
      const { state, rows } = await readAll(database, table).catch((error: unknown) => {
        // A plan made during a run may see the table of attempts just before the run drops it.
        if (!(error instanceof StatementFailure) || error.sqlstate !== sqlstate.undefinedTable) throw error;
        return readAll(database, table);
      });
      const entries = entriesOf(rows, folder, tool.interpret);
      return { ...state, hasRows: rows.own.length > 0 || entries.length > 0, entries };
    },

    async create(database) {
      await createSchema(database, schemaOf(database.address.schema));
      await tool.create(database, tableIn(database));
    },

    apply: (database, record) => tool.insert(database, tableIn(database), record),

    revert: (database, record) => tool.remove(database, tableIn(database), record),

    async declareApplied(database, record) {
      await attempts(database).settle(record.migration);
      await tool.insert(database, tableIn(database), record);
    },

    async declareRolledBack(database, migration) {
      await attempts(database).settle(migration);
    },

    begin: (database, record) => attempts(database).begin(record),

    advance: (database, record, progress) => attempts(database).advance(record, progress),

    finishReadsRows: true,

    async finish(database, record) {
      await attempts(database).settle(record.migration);
      await tool.insert(database, tableIn(database), record);
    },

    async fail(database, record, { logs, undone }) {
      if (!undone) return attempts(database).fail(record, logs);
      await attempts(database).settle(record.migration);
      return undefined;
    },
  };
}

function recordedByHand(table: string): ToolRemedy {
  return {
    settle: () => `the tool has no command for it. Correct the rows of ${table} by hand`,
    baseline: `the tool has no command for it. Add a row to ${table} for each migration that the database already holds`,
  };
}

async function readAll(
  database: Queryable,
  table: ReadTable,
): Promise<{ state: LedgerState; rows: ReadRows }> {
  const { state, hasAttempts } = await readToolState(database, table);
  return {
    state,
    rows: state.exists ? await readRows(database, table, hasAttempts) : { own: [], attempts: [] },
  };
}
