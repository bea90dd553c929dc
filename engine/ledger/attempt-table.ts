import type { Migration } from "../folder/migration.ts";
import type { Queryable } from "../postgres/session/database.ts";
import { quoteName } from "../postgres/text/identifier.ts";
import { refuseUntrusted, requireTrusted, untrustedParts } from "./table-trust.ts";
import type { AttemptProgress, LedgerRecord } from "./ledger.ts";

/** Our own table next to a tool's ledger. It exists only while an attempt is unfinished. */
export const attemptTableName = "pulumi_pg_migrations_attempts";

/** A query for the attempts in the table with this quoted name, in the form of a ledger's entries. */
export function attemptRows(table: string): string {
  return `SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                   'key', key, 'checksum', checksum,
                   'started_at_ms', pg_catalog.date_part('epoch', started_at) OPERATOR(pg_catalog.*) 1000,
                   'logs', logs, 'segments', segments, 'sha256', sha256))
            FROM ${table}`;
}

/**
 * Attempts at migrations that cannot run in one transaction, for ledgers that hold only applied migrations. The
 * ledger's tool sees the table only while an attempt is unfinished.
 */
export class AttemptTable {
  readonly #database: Queryable;
  readonly #table: string;

  constructor(database: Queryable, schema: string) {
    this.#database = database;
    this.#table = quoteName([schema, attemptTableName]);
  }

  async begin({ id, migration }: LedgerRecord): Promise<void> {
    await this.#database.query(`CREATE TABLE IF NOT EXISTS ${this.#table} (
      id         pg_catalog.text PRIMARY KEY,
      key        pg_catalog.text NOT NULL,
      checksum   pg_catalog.text NOT NULL,
      started_at pg_catalog.timestamptz NOT NULL,
      segments   integer NOT NULL,
      sha256     pg_catalog.text NOT NULL,
      logs       pg_catalog.text
    )`);
    // Another role may have planted a table here since the ledger was read.
    await this.#database.query(refuseUntrusted(this.#table));
    await this.#database.query(
      `INSERT INTO ${this.#table} (id, key, checksum, started_at, segments, sha256)
       VALUES ($1, $2, $3, pg_catalog.clock_timestamp(), 0, pg_catalog.repeat('0', 64))`,
      [id, migration.key, migration.portableChecksum],
    );
  }

  async advance({ id }: LedgerRecord, { segments, sha256 }: AttemptProgress): Promise<void> {
    await this.#database.query(
      `UPDATE ${this.#table} SET segments = $2, sha256 = $3 WHERE id OPERATOR(pg_catalog.=) $1`,
      [id, segments, sha256],
    );
  }

  /** Records the error. Resolves to the start of the attempt. */
  async fail({ id }: LedgerRecord, logs: string): Promise<Date | undefined> {
    const [row] = await this.#database.query<{ at: number }>(
      `UPDATE ${this.#table} SET logs = $2 WHERE id OPERATOR(pg_catalog.=) $1
       RETURNING pg_catalog.date_part('epoch', started_at) OPERATOR(pg_catalog.*) 1000 AS at`,
      [id, logs],
    );
    return row && new Date(row.at);
  }

  /**
   * Deletes the attempts at a migration, and the table with the last one. Resolves to the start of the first attempt.
   */
  async settle({ key }: Pick<Migration, "key">): Promise<number | undefined> {
    if (!(await this.#exists())) return undefined;
    const settled = await this.#database.query<{ at: number }>(
      `DELETE FROM ${this.#table} WHERE key OPERATOR(pg_catalog.=) $1 RETURNING pg_catalog.date_part('epoch', started_at) OPERATOR(pg_catalog.*) 1000 AS at`,
      [key],
    );
    const others = await this.#database.query(`SELECT FROM ${this.#table} LIMIT 1`);
    if (others.length === 0) await this.#database.query(`DROP TABLE ${this.#table}`);
    return settled[0]?.at;
  }

  async #exists(): Promise<boolean> {
    const [found] = await this.#database.query<{ exists: boolean; untrusted: string[] | null }>(
      `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS exists, ${untrustedParts("pg_catalog.to_regclass($1)")} AS untrusted`,
      [this.#table],
    );
    requireTrusted(this.#database, this.#table, found?.untrusted);
    return found?.exists ?? false;
  }
}
