import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type FolderFormat, folderFormats, type PlanOptions, type Policy } from "../engine/index.ts";
import { input, type Schemas, text } from "./given-options.ts";

/** What is said about the folder and its ledger. Changing any of them counts at the next run; none re-runs by itself. */
export interface PlanArgs {
  /**
   * The format of the folder: `prisma`, `dbmate`, `goose`, `golang-migrate`, `flyway`, `supabase`, `drizzle`,
   * `drizzle-journal`, `node-pg-migrate` or `numbered`. Default: found out from the folder.
   */
  format?: pulumi.Input<FolderFormat> | undefined;
  /**
   * What is done about applied migrations whose script has changed: `ignore`, `warn` or `refuse`, which is an error for a
   * format whose ledger holds no checksums (dbmate, diesel, goose, golang-migrate, node-pg-migrate, Supabase). Default: `warn`.
   */
  edited?: pulumi.Input<Policy> | undefined;
  /** The same for pending migrations that come before one that is applied; they are applied. Default: `warn`. */
  outOfOrder?: pulumi.Input<Policy> | undefined;
  /** The same for applied migrations that the folder lacks; if it lacks all of them, it is refused. Default: `warn`. */
  missing?: pulumi.Input<Policy> | undefined;
  /**
   * Settles migrations in the ledger without running them, once: `{ "<migration>": "applied" }`, or "rolled-back" for
   * one that failed. Take `rolled-back` out again: it holds for a later failure under another tool too. Default: none.
   */
  resolve?: pulumi.Input<Record<string, pulumi.Input<"applied" | "rolled-back">>> | undefined;
  /**
   * The newest migration that a database without a ledger already holds: it, and all before it, are declared applied,
   * once. `none` says that its tables are of something else, so that all are pending. Harmless when left in. Default: a
   * database with tables and without a ledger is refused.
   */
  baseline?: pulumi.Input<string> | undefined;
  /**
   * The migration to be at: what is applied above it is rolled back by its down scripts, and what is pending above it
   * stays so. Default: the folder's last.
   */
  target?: pulumi.Input<string> | undefined;
  /**
   * The same for pending scripts that only this package can apply, while the folder's own tool would fail on them in a new
   * database: `ignore`, `warn` or `refuse`. Default: `warn`.
   */
  portable?: pulumi.Input<Policy> | undefined;
  /**
   * What is done about a migration that cannot be one transaction: `resume` runs it in segments and takes it up where
   * it was interrupted; `refuse` demands that a statement which can run in no transaction stands alone. Default:
   * `resume`.
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

/** The same as the engine takes it, the format left out. */
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
