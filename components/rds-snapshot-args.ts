import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { AwsAccess, Check, RdsRequirements } from "../engine/index.ts";
import { accessSchema } from "./aws-access.ts";
import { type BackupOccasionArgs, occasionSchemas } from "./backup-occasion.ts";
import { checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, connectionSchema } from "./connection.ts";
import { amount, count, input, oneOf, type Schemas } from "./given-options.ts";
import { requirementsSchema } from "./rds-requirements.ts";
import { type RdsSourceArgs, rdsSourceSchemas } from "./rds-source.ts";

/** Options of a snapshot; in a pipeline, `backup: { rdsSnapshot: ... }`. */
export type RdsSnapshotOptions = RdsSourceArgs & {
  /**
   * Minimum age of a snapshot before it may be deleted, days: the tag `expires-at` of future snapshots. Default: 30.
   */
  retentionDays?: pulumi.Input<number> | undefined;
  /**
   * The number of newest snapshots that are kept though they have expired. Default: 3. Takes effect with the next
   * snapshot.
   */
  keepNewest?: pulumi.Input<number> | undefined;
  /**
   * Maximum age, minutes, of the previous attempt's snapshot that a retry of the same run reuses; 0 never reuses one.
   * Default: 15. A change alone does nothing.
   */
  reuseMinutes?: pulumi.Input<number> | undefined;
  /**
   * Minutes that a snapshot may take; the next up goes on waiting for one that took longer. Default: 360, which is
   * enough for the first snapshot of some terabytes. A change alone does nothing.
   */
  timeoutMinutes?: number | undefined;
  /** Requirements on the database before anything is applied. A change alone does nothing. */
  requirements?: pulumi.Input<RdsRequirements> | undefined;
  /**
   * True to restore each snapshot into a temporary instance, evaluate there the checks that hold before the run, and
   * delete the instance. Takes the time, and the cost, of a restore. Default: false.
   */
  proveRestore?: boolean | undefined;
  /** Minutes that this may take. Default: 120. A change alone does nothing. */
  proveTimeoutMinutes?: pulumi.Input<number> | undefined;
  /** The access to AWS for work that no provider does. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
  /** Milliseconds between two queries to AWS. Default: 10000. */
  pollMs?: number | undefined;
};

/** Arguments of `RdsSnapshot`. */
export type RdsSnapshotArgs = RdsSnapshotOptions &
  BackupOccasionArgs & {
    /** The database, for `proveRestore`. Default: none; required only there. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
    /** The checks that must hold in a restored snapshot. Default: none; it must accept a connection. */
    checks?: pulumi.Input<Check[]> | undefined;
  };

const snapshotSchemas: Schemas<RdsSnapshotOptions> = {
  ...rdsSourceSchemas,
  ...{ retentionDays: count, keepNewest: count, reuseMinutes: amount, pollMs: amount },
  ...{ timeoutMinutes: amount, proveTimeoutMinutes: amount },
  requirements: requirementsSchema,
  proveRestore: z.boolean().optional(),
  aws: accessSchema,
};

/** Schema of the options in a pipeline. @internal */
export const rdsSnapshotSchema = oneOf(snapshotSchemas, ["instance", "cluster"]);

/** Schema of the arguments of the component. @internal */
export const rdsSnapshotArgsSchema = oneOf(
  {
    ...snapshotSchemas,
    ...occasionSchemas,
    connection: input(connectionSchema.optional()),
    checks: checksSchema.optional(),
  } satisfies Schemas<RdsSnapshotArgs>,
  ["instance", "cluster"],
);
