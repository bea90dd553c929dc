import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup } from "../engine/index.ts";
import { ExistingBackupResource } from "../resources/existing-backup.ts";
import { awsAccess } from "./aws-access.ts";
import type { BackupOccasionArgs } from "./backup-occasion.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";
import { type RdsSourceArgs, rdsSourceOf } from "./rds-source.ts";
import { tokenOf } from "./token.ts";

/** Which backup is relied on; in a pipeline, `backup: { existing: ... }`. */
export type ExistingBackupOptions = (
  | (RdsSourceArgs & {
      /** Identifier of a manual or automated snapshot. */ rdsSnapshot: pulumi.Input<string>;
    })
  | { /** Path or `s3://` address of an archive by pg_dump. */ logicalBackup: pulumi.Input<string> }
  | { /** Name of a copy of the database on its server. */ databaseCopy: pulumi.Input<string> }
) & {
  /** How old it may be, minutes. Default: 60. Changing it does nothing by itself. */
  maxAgeMinutes?: pulumi.Input<number> | undefined;
  /** Folder of pg_restore. Default: as found. Changing it does nothing by itself. */
  programs?: pulumi.Input<string> | undefined;
  /** How AWS is reached. Default: as the AWS provider is configured. */
  aws?: pulumi.Input<AwsAccess> | undefined;
};

/** Arguments of `ExistingBackup`. */
export type ExistingBackupArgs = ExistingBackupOptions &
  Pick<BackupOccasionArgs, "preflight"> & {
    /** The database that it has to be of. Needed for archives and copies. */
    connection?: pulumi.Input<ConnectionArgs> | undefined;
  };

/**
 * A backup that was made elsewhere. It is verified instead of made, whenever something is pending: it exists, is
 * available, of this database and young enough, or nothing is applied.
 */
export class ExistingBackup extends pulumi.ComponentResource {
  /** The backup, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, args: ExistingBackupArgs, opts?: pulumi.ComponentResourceOptions) {
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
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.backup = resource.backup;
    this.registerOutputs({ backup: this.backup });
  }
}

function locationOf(
  args: ExistingBackupArgs,
): ConstructorParameters<typeof ExistingBackupResource>[1]["location"] {
  if ("rdsSnapshot" in args)
    return pulumi.output({ rdsSnapshot: args.rdsSnapshot, source: rdsSourceOf(args).source });
  if ("logicalBackup" in args) return pulumi.output({ logicalBackup: args.logicalBackup });
  return pulumi.output({ databaseCopy: args.databaseCopy });
}
