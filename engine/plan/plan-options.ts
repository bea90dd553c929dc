/** The reaction to something unusual that does not prevent a run by itself. */
export type Policy = "ignore" | "warn" | "refuse";

/** The options of a stack's configuration about its folder and its ledger. */
export interface PlanOptions {
  /**
   * Applies what is pending and keeps the ledger. For a tool of the team's own, messages name that tool's commands,
   * because `resolve` and `baseline` are refused. Default: `package`.
   */
  appliedBy?: "package" | "tool" | undefined;
  /**
   * The reaction to applied migrations whose script has changed since. `refuse` is an error for a format whose ledger
   * holds no checksums: dbmate, goose, golang-migrate, node-pg-migrate, Supabase. Default: `warn`.
   */
  edited?: Policy | undefined;
  /** The reaction to pending migrations that come before an applied one. Default: `warn`; they are applied. */
  outOfOrder?: Policy | undefined;
  /** The reaction to applied migrations that are not in the folder, if it has others of the ledger. Default: `warn`. */
  missing?: Policy | undefined;
  /**
   * Settles migrations by declaration, once. `applied` records one without running it; `rolled-back` lets a failed one
   * start again. Left in the configuration, it has no further effect. Default: none.
   */
  resolve?: Readonly<Record<string, "applied" | "rolled-back">> | undefined;
  /**
   * The newest migration that a database without a ledger already holds. It and all before it are declared applied.
   * `none` states that the tables are of something else, so all migrations are pending. Once there is a ledger, it has
   * no effect. Default: a database with tables and without a ledger is refused.
   */
  baseline?: string | undefined;
  /**
   * The migration to go to. Applied migrations above it are rolled back by their down scripts, newest first; pending
   * ones above it stay pending. Default: the folder's last.
   */
  target?: string | undefined;
  /**
   * The reaction to pending scripts that only this package can apply, because the folder's own tool would fail on them
   * in a new database. Default: `warn`.
   */
  portable?: Policy | undefined;
  /**
   * The reaction to a migration that combines a statement that cannot run in a transaction with other statements.
   * `resume` runs it in segments and resumes it after an interruption; `refuse` demands that such a statement stands
   * alone. Default: `resume`.
   */
  nonTransactional?: "resume" | "refuse" | undefined;
}
