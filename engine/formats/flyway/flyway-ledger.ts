import type { Migration } from "../../folder/migration.ts";
import type { Queryable } from "../../postgres/session/database.ts";
import { quoteName } from "../../postgres/text/identifier.ts";
import { AttemptTable } from "../../ledger/attempt-table.ts";
import { insertRow, rowOf, schemaRow, undoRowOf } from "./flyway-history-row.ts";
import { flywayRow, interpretFlywayRows } from "./flyway-rows.ts";
import { createSchema } from "../../ledger/ledger-schema.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { toolLedger, type ToolTable } from "../../ledger/tool-ledger.ts";

const tableName = "flyway_schema_history";

const table: ToolTable = {
  table: tableName,
  lockKey: ({ schema }) => String(77431708279161n + BigInt(javaHash(quoteName([schema, tableName])))),
  columns: ["installed_rank", "version", "description", "type", "script", "checksum", "success"],
  row: flywayRow,
  remedy: {
    settle: () => "remove by hand what it left, then flyway repair",
    baseline: "flyway baseline -baselineVersion=<the newest version that the database already holds>",
  },
  interpret: interpretFlywayRows,

  async create(database, name) {
    await database.query(`CREATE TABLE ${name} (
      installed_rank INT NOT NULL,
      version        VARCHAR(50),
      description    VARCHAR(200) NOT NULL,
      type           VARCHAR(20) NOT NULL,
      script         VARCHAR(1000) NOT NULL,
      checksum       INTEGER,
      installed_by   VARCHAR(100) NOT NULL,
      installed_on   TIMESTAMP NOT NULL DEFAULT pg_catalog.now(),
      execution_time INTEGER NOT NULL,
      success        BOOLEAN NOT NULL,
      CONSTRAINT ${quoteName([`${tableName}_pk`])} PRIMARY KEY (installed_rank)
    )`);
    await database.query(`CREATE INDEX ${quoteName([`${tableName}_s_idx`])} ON ${name} (success)`);
  },

  insert: (database, _name, record) => insertRow(database, tableIn(database), rowOf(record.migration)),

  async remove(database, name, { migration }) {
    const undone = await database.query(
      `SELECT FROM ${name} WHERE type OPERATOR(pg_catalog.~~) 'UNDO%' LIMIT 1`,
    );
    if (undone.length > 0) await insertRow(database, name, undoRowOf(migration));
    // Flyway's free edition stops at the row of an undo, and takes a version without a row for pending, as all do.
    else await removeRows(database, migration, "success");
  },
};

const base = toolLedger(table);

/** Flyway's ledger: a row for each migration that was applied or undone, in that order. */
export const flywayLedger: Ledger = {
  ...base,

  async create(database) {
    const { schema } = database.address;
    const found = await database.query(
      `SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1`,
      [schema],
    );
    await createSchema(database);
    await table.create(database, tableIn(database));
    if (found.length === 0) await insertRow(database, tableIn(database), schemaRow(schema));
  },

  async declareApplied(database, record) {
    await flywayLedger.declareRolledBack(database, record.migration);
    await base.declareApplied(database, record);
  },

  // As `flyway repair` does: removes the rows of failures.
  async declareRolledBack(database, migration) {
    await base.declareRolledBack(database, migration);
    await removeRows(database, migration, "NOT success");
  },

  async begin(database, record) {
    await base.begin(database, record);
    // Flyway refuses to continue at this row, if this attempt never finishes.
    await insertRow(database, tableIn(database), { ...rowOf(record.migration), success: false });
  },

  async finish(database, { migration }) {
    const startedAt = await new AttemptTable(database, database.address.schema).settle(migration);
    await removeRows(database, migration, "NOT success");
    await insertRow(database, tableIn(database), { ...rowOf(migration), startedAt });
  },

  async fail(database, record, failure) {
    const begunAt = await base.fail(database, record, failure);
    if (failure.undone) await removeRows(database, record.migration, "NOT success");
    return begunAt;
  },
};

async function removeRows(
  database: Queryable,
  { key, details }: Pick<Migration, "key" | "details">,
  which: "success" | "NOT success",
): Promise<void> {
  await database.query(
    `DELETE FROM ${tableIn(database)} WHERE ${which}
        AND CASE WHEN version IS NULL THEN description OPERATOR(pg_catalog.=) $2 ELSE version OPERATOR(pg_catalog.=) $1 OR version OPERATOR(pg_catalog.=) $3 END`,
    [key, details?.["description"] ?? "", details?.["version"] ?? ""],
  );
}

function tableIn({ address }: Queryable): string {
  return base.tableOf(address.schema);
}

/** Java's hash of a text, from which Flyway makes its lock's number. */
function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
