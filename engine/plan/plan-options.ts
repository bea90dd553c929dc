/** What is done about something odd that does not stand in the way by itself. */
export type Policy = "ignore" | "warn" | "refuse";

/** What a stack's configuration says about its folder and its ledger. */
export interface PlanOptions {
  /**
   * Who applies what is pending and keeps the ledger. If it is a tool of the team's own, messages name that tool's commands,
   * since `resolve` and `baseline` are refused. Default: `package`.
   */
  appliedBy?: "package" | "tool" | undefined;
  /**
   * What is done about applied migrations whose script has changed since. `refuse` is an error for a format whose ledger
   * holds no checksums: dbmate, goose, golang-migrate, node-pg-migrate, Supabase. Default: `warn`.
   */
  edited?: Policy | undefined;
  /** What is done about pending migrations that come before one that is applied. Default: `warn`; they are applied. */
  outOfOrder?: Policy | undefined;
  /** What is done about applied migrations that the folder lacks, if it has others of the ledger. Default: `warn`. */
  missing?: Policy | undefined;
  /**
   * Settles migrations by declaration, once: `applied`, without being run; `rolled-back`, so that a failed one begins
   * again. Left in, it does nothing further. Default: none.
   */
  resolve?: Readonly<Record<string, "applied" | "rolled-back">> | undefined;
  /**
   * The newest migration that the database already holds although it has no ledger: this one, and all before it, are
   * declared applied. `none` says that its tables are of something else, so that all are pending. Once there is a ledger
   * it does nothing. Default: a database with tables and without a ledger is refused.
   */
  baseline?: string | undefined;
  /**
   * The migration to go to: what is applied above it is rolled back by its down scripts, newest first, and what is
   * pending above it is left pending. Default: the folder's last.
   */
  target?: string | undefined;
  /**
   * What is done about pending scripts that only this package can apply, while the folder's own tool would fail on them in
   * a new database. Default: `warn`.
   */
  portable?: Policy | undefined;
  /**
   * What is done about a migration that has a statement which can run in no transaction, together with others:
   * `resume` runs it in segments and takes it up where it was interrupted; `refuse` demands that such a statement
   * stands alone. Default: `resume`.
   */
  nonTransactional?: "resume" | "refuse" | undefined;
}
