import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type FolderFormat, folderFormats, type PlanOptions, type Policy } from "../engine/index.ts";
import { input, type Schemas, text } from "./given-options.ts";

/** Options about the folder and its ledger. A change counts from the next run; none re-runs by itself. */
export interface PlanArgs {
  /**
   * The format of the folder: `prisma`, `dbmate`, `goose`, `golang-migrate`, `flyway`, `supabase`, `drizzle`,
   * `drizzle-journal`, `node-pg-migrate` or `numbered`. Default: detected from the folder.
   */
  format?: pulumi.Input<FolderFormat> | undefined;
  /**
   * The reaction to applied migrations whose script has changed: `ignore`, `warn` or `refuse`, which is an error for a
   * format whose ledger holds no checksums (dbmate, diesel, goose, golang-migrate, node-pg-migrate, Supabase). Default:
   * `warn`.
   */
  edited?: pulumi.Input<Policy> | undefined;
  /** The same for pending migrations that come before an applied one; they are applied. Default: `warn`. */
  outOfOrder?: pulumi.Input<Policy> | undefined;
  /**
   * The same for applied migrations that are not in the folder. If it has none of them, it is refused. Default: `warn`.
   */
  missing?: pulumi.Input<Policy> | undefined;
  /**
   * Settles migrations in the ledger without running them, once: `{ "<migration>": "applied" }`, or "rolled-back" for
   * one that failed. Remove `rolled-back` afterwards: it also counts for a later failure under another tool. Default:
   * none.
   */
  resolve?: pulumi.Input<Record<string, pulumi.Input<"applied" | "rolled-back">>> | undefined;
  /**
   * The newest migration that a database without a ledger already holds: it, and all before it, are declared applied,
   * once. `none` states that its tables are of something else, so that all are pending. Left in, it has no further
   * effect. Default: a database with tables and without a ledger is refused.
   */
  baseline?: pulumi.Input<string> | undefined;
  /**
   * The migration to be at. Applied migrations above it are rolled back by their down scripts; pending ones above it
   * stay pending. Default: the folder's last.
   */
  target?: pulumi.Input<string> | undefined;
  /**
   * The same for pending scripts that only this package can apply, because the folder's own tool would fail on them in
   * a new database: `ignore`, `warn` or `refuse`. Default: `warn`.
   */
  portable?: pulumi.Input<Policy> | undefined;
  /**
   * The reaction to a migration that cannot be one transaction. `resume` runs it in segments and resumes it after an
   * interruption; `refuse` demands that a statement that cannot run in a transaction stands alone. Default: `resume`.
   */
  nonTransactional?: pulumi.Input<"resume" | "refuse"> | undefined;
}

const policy = input(z.enum(["ignore", "warn", "refuse"]).optional());

/** Schemas of these options. @internal */
export const planSchemas: Schemas<PlanArgs> = {
  format: input(z.enum(folderFormats).optional()),
  ...{ edited: policy, outOfOrder: policy, missing: policy, portable: policy },
  resolve: input(z.record(z.string(), input(z.enum(["applied", "rolled-back"]))).optional()),
  ...{ baseline: text, target: text },
  nonTransactional: input(z.enum(["resume", "refuse"]).optional()),
};

/** The same as the engine accepts it, without the format. */
export function planOptionsOf(
  args: PlanArgs,
  appliedBy: NonNullable<PlanOptions["appliedBy"]>,
): pulumi.Output<PlanOptions> {
  const { edited, outOfOrder, missing, portable, resolve, baseline, target, nonTransactional } = args;
  return pulumi.output({
    appliedBy,
    edited,
    outOfOrder,
    missing,
    portable,
    resolve,
    baseline,
    target,
    nonTransactional,
  });
}
