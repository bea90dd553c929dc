/** The name of this package's sessions in `pg_stat_activity`. */
export const applicationName = "pulumi-pg-migrations";

/** A setting of this package, by which a session proves that its initial settings took effect. */
export const sessionMark = "pulumi_pg_migrations.session";

/** For a session that only reads. */
export const looksOnly: SessionSettings = { readOnly: true, seesAllRows: true };

/** Settings of a session. They are given when it is opened, so that `RESET ALL` restores them. */
export interface SessionSettings {
  /** Longest wait of a statement for a lock, milliseconds; 0 for no limit. Default: 0. */
  lockTimeoutMs?: number | undefined;
  /** Longest time of a statement, milliseconds; 0 for no limit. Default: 0. */
  statementTimeoutMs?: number | undefined;
  /**
   * Time that the server keeps a transaction whose client is silent, milliseconds; 0 for no limit. This package never
   * pauses inside a transaction, so such a client is gone, and its locks block the application. Default: 60000.
   */
  idleInTransactionTimeoutMs?: number | undefined;
  /** Memory for building indexes and the like, as PostgreSQL writes it: `1GB`. Default: the server's. */
  maintenanceWorkMem?: string | undefined;
  /** Make transactions read-only by default. Default: the server's setting. */
  readOnly?: boolean | undefined;
  /** Let the server refuse a query whose rows a policy would hide, instead of returning the others. Default: false. */
  seesAllRows?: boolean | undefined;
  /** Show the server's DETAIL and CONTEXT in errors, which can repeat the values of rows. Default: true. */
  showDetails?: boolean | undefined;
  /** The name in `pg_stat_activity`. Default: `pulumi-pg-migrations`. */
  applicationName?: string | undefined;
}
