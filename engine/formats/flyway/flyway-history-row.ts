import type { Migration } from "../../folder/migration.ts";
import type { Queryable } from "../../postgres/session/database.ts";
import { quoteName } from "../../postgres/text/identifier.ts";

/** The values of a new row. */
export interface FlywayRow {
  version: string | null;
  description: string;
  type: "SQL" | "UNDO_SQL" | "SCHEMA";
  script: string;
  checksum: string | null;
  /** When it started, milliseconds. Default: with the transaction. */
  startedAt?: number | undefined;
  success?: boolean;
}

/** The row of an applied migration. */
export function rowOf({ details = {}, checksum }: Migration): FlywayRow {
  const { version, description, script } = details;
  return {
    version: version === "" ? null : String(version),
    description: String(description),
    type: "SQL",
    script: String(script),
    checksum,
  };
}

/** The row of a migration that was rolled back. */
export function undoRowOf({ details = {} }: Migration): FlywayRow {
  const { version, downDescription, downScript, downChecksum } = details;
  return {
    version: String(version),
    description: String(downDescription),
    type: "UNDO_SQL",
    script: String(downScript),
    checksum: String(downChecksum),
  };
}

/** The first row, of a schema that was created for the ledger. */
export function schemaRow(schema: string): FlywayRow {
  const description = "<< Flyway Schema Creation >>";
  return { version: null, description, type: "SCHEMA", script: quoteName([schema]), checksum: null };
}

/** Appends a row. The duration is counted from the start of the transaction, or from `startedAt`. */
export async function insertRow(database: Queryable, table: string, row: FlywayRow): Promise<void> {
  const { version, description, type, script, checksum, startedAt, success = true } = row;
  await database.query(
    `INSERT INTO ${table}
            (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
     SELECT coalesce((SELECT pg_catalog.max(installed_rank) FROM ${table}) OPERATOR(pg_catalog.+) 1, CASE WHEN $3 OPERATOR(pg_catalog.=) 'SCHEMA' THEN 0 ELSE 1 END),
            $1, $2, $3, $4, $5::integer, current_user,
            greatest(0, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) coalesce(
              pg_catalog.to_timestamp($6::double precision OPERATOR(pg_catalog./) 1000), pg_catalog.transaction_timestamp())) OPERATOR(pg_catalog.*) 1000)::integer,
            $7`,
    [version, description, type, script, checksum, startedAt ?? null, success],
  );
}
