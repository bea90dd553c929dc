import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, RdsDatabase, SnapshotIdentity } from "../engine/index.ts";
import { isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the resource that asserts a snapshot. */
export interface RdsSnapshotInputs {
  access: pulumi.Input<AwsAccess>;
  /** Which snapshot it has to be. */
  identity: pulumi.Input<SnapshotIdentity>;
  /** Names of the pending migrations: before each attempt at them AWS is asked again. */
  pending: pulumi.Input<string[]> | undefined;
  timeoutMinutes: pulumi.Input<number>;
  /** How often AWS is asked, milliseconds. */
  pollMs: pulumi.Input<number> | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: pulumi.Input<string>;
}

/** A snapshot that AWS has said to be available. Deleting the resource leaves the snapshot alone. */
export class RdsSnapshotResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup>;
  declare readonly source: pulumi.Output<RdsDatabase>;

  constructor(name: string, inputs: RdsSnapshotInputs, opts: pulumi.CustomResourceOptions) {
    super("rds-snapshot", name, {
      inputs,
      outputs: ["backup", "source"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** What the resource does. */
export const rdsSnapshotProvider: Provider = {
  diff: (olds, news) => ({
    changes: isPendingIn(news) || snapshotOf(news["identity"]) !== idOf(olds["backup"]),
  }),

  async create(inputs: Properties, olds: Properties = {}) {
    const { proveSnapshot } = await import("../engine/index.ts");
    const progress = progressOf(inputs["progressUrn"]);
    const { backup, source } = await proveSnapshot({
      access: inputs["access"] as AwsAccess,
      identity: inputs["identity"] as SnapshotIdentity,
      timeoutMinutes: inputs["timeoutMinutes"] as number,
      pollMs: inputs["pollMs"] as number | undefined,
      onProgress: progress.status,
    });
    const known = olds["backup"] as Backup | undefined;
    // A snapshot that is used again has been measured when it was taken.
    const { durationMs } = known?.id === backup.id ? known : backup;
    progress.note(
      `The snapshot ${backup.id} of ${backup.takenAt} is available: ${backup.sizeBytes / 1024 ** 3} GiB, ` +
        `kept until ${backup.expiresAt ?? "it is deleted"}.`,
    );
    return { id: "rds-snapshot", outs: { backup: proveBackup({ ...backup, durationMs }), source } };
  },
};

function isPendingIn(news: Properties): boolean {
  return news["pending"] !== undefined && isPending(news);
}

function snapshotOf(identity: unknown): unknown {
  return (identity as Partial<SnapshotIdentity> | undefined)?.snapshot;
}

function idOf(backup: unknown): unknown {
  return (backup as Partial<Backup> | undefined)?.id;
}
