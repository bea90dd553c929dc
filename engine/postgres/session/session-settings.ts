/** The name by which sessions of this package are known in `pg_stat_activity`. */
export const applicationName = "pulumi-pg-migrations";

/** A setting of this package alone, by which a session shows that it has the settings that it was opened with. */
export const sessionMark = "pulumi_pg_migrations.session";

/** For a session that only looks. */
export const looksOnly: SessionSettings = { readOnly: true, seesAllRows: true };

/** Settings of a session, given when it is opened so that `RESET ALL` brings them back. */
export interface SessionSettings {
  /** How long one statement may wait for one lock, milliseconds; 0 waits for ever. Default: 0. */
  lockTimeoutMs?: number | undefined;
  /** How long one statement may run, milliseconds; 0 is for ever. Default: 0. */
  statementTimeoutMs?: number | undefined;
  /**
   * How long the server keeps a transaction whose client says nothing any more, milliseconds; 0 is for ever. Nothing
   * pauses inside a transaction here, so such a client has gone without a word, and its locks stop the application.
   * Default: 60000.
   */
  idleInTransactionTimeoutMs?: number | undefined;
  /** Memory for building indexes and the like, as PostgreSQL writes it: `1GB`. Default: the server's. */
  maintenanceWorkMem?: string | undefined;
  /** Whether transactions are read-only unless they say otherwise. Default: as the server has it. */
  readOnly?: boolean | undefined;
  /** Whether the server refuses a query whose rows a policy would hide, instead of giving the others. Default: false. */
  seesAllRows?: boolean | undefined;
  /**
   * Whether errors show the server's DETAIL and CONTEXT, which can repeat the values of rows. Default: true.
   */
  showDetails?: boolean | undefined;
  /** The name in `pg_stat_activity`. Default: `pulumi-pg-migrations`. */
  applicationName?: string | undefined;
}
