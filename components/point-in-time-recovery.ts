import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, RdsDatabase, RdsRequirements } from "../engine/index.ts";
import { orUnderMocks } from "../resources/mocks.ts";
import { RestorePointResource } from "../resources/restore-point.ts";
import { accessSchema, awsAccess } from "./aws-access.ts";
import { type BackupOccasionArgs, occasionSchemas, requireOneOccasion } from "./backup-occasion.ts";
import { type ConnectionArgs, connectionSchema, secretConnection } from "./connection.ts";
import { amount, input, oneOf, requireOptions, type Schemas } from "./given-options.ts";
import { requirementsSchema } from "./rds-requirements.ts";
import { type RdsSourceArgs, rdsSourceOf, rdsSourceSchemas } from "./rds-source.ts";
import { mockedBackup, mockedRdsDatabase } from "./mocked-backup.ts";
import { progressUrn } from "./progress-urn.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Options of a restore point; in a pipeline, `backup: { pointInTimeRecovery: ... }`. */
export type PointInTimeRecoveryOptions = RdsSourceArgs & {
  /** Requirements on the database before anything is applied. A change alone does nothing. */
  requirements?: pulumi.Input<RdsRequirements> | undefined;
  /** Minutes that AWS may take until it can restore to the point; it lags by about 5. Default: 20. */
  timeoutMinutes?: pulumi.Input<number> | undefined;
  /** The access to AWS. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
  /** Milliseconds between two queries to AWS. Default: 10000. */
  pollMs?: number | undefined;
};

const pointInTimeRecoverySchemas: Schemas<PointInTimeRecoveryOptions> = {
  ...rdsSourceSchemas,
  requirements: requirementsSchema,
  aws: accessSchema,
  ...{ timeoutMinutes: amount, pollMs: amount },
};

/** Schema of the options in a pipeline. @internal */
export const pointInTimeRecoverySchema = oneOf(pointInTimeRecoverySchemas, ["instance", "cluster"]);

/** Arguments of `PointInTimeRecovery`. */
export type PointInTimeRecoveryArgs = PointInTimeRecoveryOptions &
  BackupOccasionArgs & {
    /** The database whose clock sets the point. Default: the clock of the machine that runs pulumi. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
  };

const argsSchema = oneOf(
  {
    ...pointInTimeRecoverySchemas,
    ...occasionSchemas,
    connection: input(connectionSchema.optional()),
  } satisfies Schemas<PointInTimeRecoveryArgs>,
  ["instance", "cluster"],
);

/**
 * RDS's own point-in-time recovery as the backup: records the moment before the run, once AWS can restore to it. Takes
 * no storage of its own. Automated backups must be on.
 */
export class PointInTimeRecovery extends pulumi.ComponentResource {
  /** The newest restore point, with the command that restores to it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
  /** The database, as it was then. */
  readonly source: pulumi.Output<RdsDatabase | undefined>;

  constructor(name: string, args: PointInTimeRecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`PointInTimeRecovery ${name}`, argsSchema, args);
    requireOneOccasion(`PointInTimeRecovery ${name}`, args);
    super(tokenOf("PointInTimeRecovery"), name, {}, opts);
    const resource = new RestorePointResource(
      `${name}-point`,
      {
        access: awsAccess(this, args.aws),
        source: rdsSourceOf(args, args.preflight === undefined ? opts?.dependsOn : undefined).source,
        requirements: args.requirements ?? {},
        connection: args.connection && secretConnection(args.connection),
        pending: args.preflight?.pending,
        triggers: pulumi.output(args.triggers ?? []),
        timeoutMinutes: args.timeoutMinutes,
        pollMs: args.pollMs,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: waitingFor(args.preflight, opts?.dependsOn) },
    );
    this.backup = orUnderMocks(resource.backup, mockedBackup("pointInTimeRecovery"));
    this.source = orUnderMocks(resource.restoreSource, mockedRdsDatabase);
    this.registerOutputs({ backup: this.backup });
  }
}
