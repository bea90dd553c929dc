import * as pulumi from "@pulumi/pulumi";
import type { Backup, LogicalBackupRequest } from "../engine/index.ts";
import { isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import type { DumpIdentity } from "./identity-methods.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the resource that completes a logical backup. */
export interface LogicalBackupInputs {
  /** What was asked for; the whole is secret, as it holds the connection. */
  request: pulumi.Input<LogicalBackupRequest>;
  /** Which archive it has to be. */
  identity: pulumi.Input<DumpIdentity>;
  /** Names of the pending migrations: before each attempt at them the archive is looked at again. */
  pending: pulumi.Input<string[]> | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: pulumi.Input<string>;
}

/** What pg_dump wrote, verified and given its final name. Deleting the resource leaves the archive alone. */
export class LogicalBackupResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup>;

  constructor(name: string, inputs: LogicalBackupInputs, opts: pulumi.CustomResourceOptions) {
    super("logical-backup", name, {
      inputs,
      outputs: ["backup"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** What the resource does. */
export const logicalBackupProvider: Provider = {
  diff: (olds, news) => ({
    changes:
      (news["pending"] !== undefined && isPending(news)) ||
      (news["identity"] as Partial<DumpIdentity> | undefined)?.location !==
        (olds["backup"] as Partial<Backup> | undefined)?.id,
  }),

  async create(inputs: Properties) {
    const { completeLogicalBackup } = await import("../engine/index.ts");
    const backup = await completeLogicalBackup(
      inputs["request"] as LogicalBackupRequest,
      inputs["identity"] as DumpIdentity,
      { onProgress: progressOf(inputs["progressUrn"]).status },
    );
    return { id: "logical-backup", outs: { backup: proveBackup(backup) } };
  },
};
