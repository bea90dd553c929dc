import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, RdsDatabase, SnapshotIdentity } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the resource that confirms a snapshot. */
export interface RdsSnapshotInputs {
  access: AwsAccess;
  /** The snapshot that it must be. */
  identity: SnapshotIdentity;
  /** Names of the pending migrations: before each attempt at them AWS is asked again. */
  pending: string[] | undefined;
  timeoutMinutes: number;
  /** Milliseconds between two queries to AWS. */
  pollMs: number | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** A snapshot that AWS confirmed available. Deleting the resource leaves the snapshot alone. */
export class RdsSnapshotResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup>;
  declare readonly source: pulumi.Output<RdsDatabase>;

  constructor(name: string, inputs: Unresolved<RdsSnapshotInputs>, opts: pulumi.CustomResourceOptions) {
    super("rds-snapshot", name, {
      inputs,
      outputs: ["backup", "source"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** The snapshot, and its source. */
interface RdsSnapshotOutputs {
  backup: Backup;
  source: RdsDatabase;
}

/** Serves `RdsSnapshotResource`. */
export const rdsSnapshotProvider: Provider<RdsSnapshotInputs, RdsSnapshotOutputs> = {
  diff: (olds, news) => ({
    changes: (news.pending !== undefined && isPending(news)) || news.identity.snapshot !== olds.backup?.id,
  }),

  async create(inputs, olds) {
    const { proveSnapshot } = await import("../engine/index.ts");
    const progress = progressOf(inputs.progressUrn);
    const { backup, source } = await proveSnapshot({
      access: inputs.access,
      identity: inputs.identity,
      timeoutMinutes: inputs.timeoutMinutes,
      pollMs: inputs.pollMs,
      onProgress: progress.status,
    });
    // A reused snapshot was measured when it was taken.
    const { durationMs } = olds.backup?.id === backup.id ? olds.backup : backup;
    progress.note(
      `The snapshot ${backup.id} of ${backup.takenAt} is available: ${backup.sizeBytes / 1024 ** 3} GiB, ` +
        `kept until ${backup.expiresAt ?? "it is deleted"}.`,
    );
    return { id: "rds-snapshot", outs: { backup: proveBackup({ ...backup, durationMs }), source } };
  },
};
