import * as pulumi from "@pulumi/pulumi";
import type { Backup, LogicalBackupRequest } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import type { DumpIdentity } from "./identity-methods.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the resource that completes a logical backup. */
export interface LogicalBackupInputs {
  /** The requested dump; the whole is secret, because it holds the connection. */
  request: LogicalBackupRequest;
  /** The archive that it must be. */
  identity: DumpIdentity;
  /** Names of the pending migrations: before each attempt at them the archive is inspected again. */
  pending: string[] | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** A dump by pg_dump, verified and given its final name. Deleting the resource leaves the archive alone. */
export class LogicalBackupResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup>;

  constructor(name: string, inputs: Unresolved<LogicalBackupInputs>, opts: pulumi.CustomResourceOptions) {
    super("logical-backup", name, {
      inputs,
      outputs: ["backup"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** The archive that was completed. */
interface LogicalBackupOutputs {
  backup: Backup;
}

/** Serves `LogicalBackupResource`. */
export const logicalBackupProvider: Provider<LogicalBackupInputs, LogicalBackupOutputs> = {
  diff: (olds, news) => ({
    changes: (news.pending !== undefined && isPending(news)) || news.identity.location !== olds.backup?.id,
  }),

  async create(inputs) {
    const { completeLogicalBackup } = await import("../engine/index.ts");
    const backup = await completeLogicalBackup(inputs.request, inputs.identity, {
      onProgress: progressOf(inputs.progressUrn).status,
    });
    return { id: "logical-backup", outs: { backup: proveBackup(backup) } };
  },
};
