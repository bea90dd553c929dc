import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, RdsSource } from "../engine/index.ts";
import { type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the snapshot retention resource. */
export interface RdsSnapshotRetentionInputs {
  access: pulumi.Input<AwsAccess>;
  source: pulumi.Input<RdsSource>;
  /** The database whose snapshots are meant. */
  database: pulumi.Input<string>;
  keepNewest: pulumi.Input<number>;
  /** The snapshot that was taken last: with each new one, expired ones are deleted. */
  newest: pulumi.Input<string>;
  /** The resource on whose row progress is shown. */
  progressUrn: pulumi.Input<string>;
}

/** Deletes expired snapshots whenever a new one is there. Deleting the resource deletes none. */
export class RdsSnapshotRetentionResource extends PackageResource {
  /** What the last deployment that took a snapshot has deleted. */
  declare readonly deleted: pulumi.Output<string[]>;

  constructor(name: string, inputs: RdsSnapshotRetentionInputs, opts: pulumi.CustomResourceOptions) {
    super("rds-snapshot-retention", name, {
      inputs,
      outputs: ["deleted"],
      opts,
    });
  }
}

/** What the resource does. */
export const rdsSnapshotRetentionProvider: Provider = {
  diff: (olds, news) => ({ changes: olds["newest"] !== news["newest"] }),

  async create(inputs: Properties) {
    const { pruneSnapshots } = await import("../engine/index.ts");
    const progress = progressOf(inputs["progressUrn"]);
    const { deleted, refused } = await pruneSnapshots({
      access: inputs["access"] as AwsAccess,
      source: inputs["source"] as RdsSource,
      database: inputs["database"] as string,
      keepNewest: inputs["keepNewest"] as number,
      onProgress: progress.status,
    });
    if (deleted.length > 0) progress.note(`Expired snapshots deleted: ${deleted.join(", ")}.`);
    for (const { snapshot, reason } of refused)
      progress.note(
        `The expired snapshot ${snapshot} could not be deleted and is left for the next time: ${reason}`,
      );
    return { id: "rds-snapshot-retention", outs: { newest: inputs["newest"], deleted } };
  },
};
