import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup } from "../engine/index.ts";
import { orUnderMocks } from "../resources/mocks.ts";
import { ExistingBackupResource } from "../resources/existing-backup.ts";
import { accessSchema, awsAccess } from "./aws-access.ts";
import { type BackupOccasionArgs, occasionSchemas } from "./backup-occasion.ts";
import { type ConnectionArgs, connectionSchema, secretConnection } from "./connection.ts";
import { amount, input, oneOf, type OneOf, requireOptions, type Schemas, text } from "./given-options.ts";
import { type RdsSourceArgs, rdsSourceOf, rdsSourceSchemas, requireOneSource } from "./rds-source.ts";
import { mockedBackup } from "./mocked-backup.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** The backup to rely on; in a pipeline, `backup: { existing: ... }`. */
export type ExistingBackupOptions = OneOf<
  | (RdsSourceArgs & {
      /** Identifier of a manual or automated snapshot. */ rdsSnapshot: pulumi.Input<string>;
    })
  | { /** Path or `s3://` address of an archive by pg_dump. */ logicalBackup: pulumi.Input<string> }
  | { /** Name of a copy of the database on its server. */ databaseCopy: pulumi.Input<string> }
> & {
  /** Its maximum age, minutes. Default: 60. A change alone does nothing. */
  maxAgeMinutes?: pulumi.Input<number> | undefined;
  /** Folder of pg_restore. Default: the one on the path. A change alone does nothing. */
  programs?: pulumi.Input<string> | undefined;
  /** The access to AWS. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
};

/** Schemas of these options. */
const existingBackupSchemas: Schemas<ExistingBackupOptions> = {
  ...rdsSourceSchemas,
  ...{ rdsSnapshot: text, logicalBackup: text, databaseCopy: text, programs: text },
  maxAgeMinutes: amount,
  aws: accessSchema,
};

const locations = ["rdsSnapshot", "logicalBackup", "databaseCopy"];

/** Schema of the options in a pipeline. @internal */
export const existingBackupSchema = oneOf(existingBackupSchemas, locations);

/** Arguments of `ExistingBackup`. */
export type ExistingBackupArgs = ExistingBackupOptions &
  Pick<BackupOccasionArgs, "preflight"> & {
    /** The database that the backup must be of. Required for archives and copies. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
  };

const argsSchema = oneOf(
  {
    ...existingBackupSchemas,
    preflight: occasionSchemas.preflight,
    connection: input(connectionSchema.optional()),
  } satisfies Schemas<ExistingBackupArgs>,
  locations,
);

/**
 * A backup that was made elsewhere. It is verified instead of made, whenever something is pending: it must exist, be
 * available, be of this database and be recent, or nothing is applied.
 */
export class ExistingBackup extends pulumi.ComponentResource {
  /** The backup, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, args: ExistingBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`ExistingBackup ${name}`, argsSchema, args);
    if (args.rdsSnapshot !== undefined) requireOneSource(`ExistingBackup ${name}`, args);
    super(tokenOf("ExistingBackup"), name, {}, opts);
    const resource = new ExistingBackupResource(
      `${name}-verified`,
      {
        location: locationOf(args),
        access: awsAccess(this, args.aws),
        connection: args.connection && secretConnection(args.connection),
        maxAgeMinutes: args.maxAgeMinutes ?? 60,
        programs: args.programs,
        pending: args.preflight?.pending,
      },
      { parent: this, dependsOn: waitingFor(args.preflight, opts?.dependsOn) },
    );
    this.backup = orUnderMocks(resource.backup, mockedBackup(methodOf(args)));
    this.registerOutputs({ backup: this.backup });
  }
}

function methodOf({ rdsSnapshot, logicalBackup }: ExistingBackupArgs): Backup["method"] {
  if (rdsSnapshot !== undefined) return "rdsSnapshot";
  return logicalBackup === undefined ? "databaseCopy" : "logicalBackup";
}

function locationOf(
  args: ExistingBackupArgs,
): ConstructorParameters<typeof ExistingBackupResource>[1]["location"] {
  if (args.rdsSnapshot !== undefined)
    return pulumi.output({ rdsSnapshot: args.rdsSnapshot, source: rdsSourceOf(args).source });
  if (args.logicalBackup !== undefined) return pulumi.output({ logicalBackup: args.logicalBackup });
  return pulumi.output({ databaseCopy: args.databaseCopy });
}
