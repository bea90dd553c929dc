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

/** How a snapshot is taken; in a pipeline, `backup: { rdsSnapshot: ... }`. */
export type RdsSnapshotOptions = RdsSourceArgs & {
  /** How long a snapshot is kept at least, days: the tag `expires-at` of those yet to be taken. Default: 30. */
  retentionDays?: pulumi.Input<number> | undefined;
  /** How many of the newest are kept though they have expired. Default: 3. Takes effect with the next snapshot. */
  keepNewest?: pulumi.Input<number> | undefined;
  /**
   * Up to what age, minutes, a retry of the same run uses the snapshot of the attempt before; 0 never does.
   * Default: 15. Changing it does nothing by itself.
   */
  reuseMinutes?: pulumi.Input<number> | undefined;
  /**
   * How long a snapshot may take, minutes; the next up goes on waiting for one that took longer. Default: 360,
   * which is enough for the first snapshot of some terabytes. Changing it does nothing by itself.
   */
  timeoutMinutes?: number | undefined;
  /** What the database has to be like before anything is applied. Changing it does nothing by itself. */
  requirements?: pulumi.Input<RdsRequirements> | undefined;
  /**
   * Whether each snapshot is restored into a temporary instance, where the checks that hold before the run have to
   * hold, and which is deleted then. Takes as long as restoring takes, and costs as much. Default: false.
   */
  proveRestore?: boolean | undefined;
  /** How long that may take, minutes. Default: 120. Changing it does nothing by itself. */
  proveTimeoutMinutes?: pulumi.Input<number> | undefined;
  /** How AWS is reached by what no provider does. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
  /** How often AWS is asked while something is waited for, milliseconds. Default: 10000. */
  pollMs?: number | undefined;
};

/** Arguments of `RdsSnapshot`. */
export type RdsSnapshotArgs = RdsSnapshotOptions &
  BackupOccasionArgs & {
    /** The database, for `proveRestore`. Default: none, needed only there. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
    /** What has to hold in a restored snapshot. Default: nothing but that it can be connected to. */
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
