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
  /** The newest snapshot: each new one triggers the deletion of expired ones. */
  newest: string;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** Deletes expired snapshots whenever there is a new one. Deleting the resource deletes none. */
export class RdsSnapshotRetentionResource extends PackageResource {
  /** Identifiers of the snapshots that the last deployment with a new snapshot deleted. */
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

/** The deleted snapshots, and the new snapshot that triggered the deletion. */
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
