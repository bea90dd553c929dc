import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, RdsSource } from "../engine/index.ts";
import { type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the snapshot retention resource. */
export interface RdsSnapshotRetentionInputs {
  access: AwsAccess;
  source: RdsSource;
  /** The database whose snapshots are meant. */
  database: string;
  keepNewest: number;
  /** The snapshot that was taken last: with each new one, expired ones are deleted. */
  newest: string;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** Deletes expired snapshots whenever a new one is there. Deleting the resource deletes none. */
export class RdsSnapshotRetentionResource extends PackageResource {
  /** What the last deployment that took a snapshot has deleted. */
  declare readonly deleted: pulumi.Output<string[]>;

  constructor(
    name: string,
    inputs: Unresolved<RdsSnapshotRetentionInputs>,
    opts: pulumi.CustomResourceOptions,
  ) {
    super("rds-snapshot-retention", name, {
      inputs,
      outputs: ["deleted"],
      opts,
    });
  }
}

/** What was deleted, and after which snapshot. */
interface RdsSnapshotRetentionOutputs {
  newest: string;
  deleted: string[];
}

/** Serves `RdsSnapshotRetentionResource`. */
export const rdsSnapshotRetentionProvider: Provider<RdsSnapshotRetentionInputs, RdsSnapshotRetentionOutputs> =
  {
    diff: (olds, news) => ({ changes: olds.newest !== news.newest }),

    async create(inputs) {
      const { pruneSnapshots } = await import("../engine/index.ts");
      const progress = progressOf(inputs.progressUrn);
      const { deleted, refused } = await pruneSnapshots({
        access: inputs.access,
        source: inputs.source,
        database: inputs.database,
        keepNewest: inputs.keepNewest,
        onProgress: progress.status,
      });
      if (deleted.length > 0) progress.note(`Expired snapshots deleted: ${deleted.join(", ")}.`);
      for (const { snapshot, reason } of refused)
        progress.note(
          `The expired snapshot ${snapshot} could not be deleted and is left for the next time: ${reason}`,
        );
      return { id: "rds-snapshot-retention", outs: { newest: inputs.newest, deleted } };
    },
  };
