import * as pulumi from "@pulumi/pulumi";
import type { SnapshotIdentity } from "../engine/index.ts";
import { packageOf } from "./provider-package.ts";

/** Arguments of a snapshot resource. */
interface AwsSnapshotArgs {
  kind: SnapshotIdentity["kind"];
  identity: pulumi.Output<SnapshotIdentity>;
  /** The snapshot's identifier if it exists already: it is imported, unless it is in the stack's state anyway. */
  existing: string | undefined;
  timeoutMinutes: number;
  parent: pulumi.Resource;
}

/**
 * Registers `aws.rds.Snapshot` or `aws.rds.ClusterSnapshot`. All its arguments come from the identity, which stays the
 * same while nothing is pending. It is retained from its first creation: Pulumi reads that from its state.
 */
export async function createAwsSnapshot(
  name: string,
  { kind, identity, existing, timeoutMinutes, parent }: AwsSnapshotArgs,
): Promise<pulumi.CustomResource> {
  const opts: pulumi.CustomResourceOptions = {
    parent,
    retainOnDelete: true,
    ...(existing === undefined ? {} : { import: existing }),
    customTimeouts: { create: `${timeoutMinutes}m` },
  };
  const tags = identity.tags;
  // Each is imported by its own module: the package as a whole takes a quarter of a second to load.
  if (kind === "instance") {
    const { Snapshot } = await packageOf("@pulumi/aws", () => import("@pulumi/aws/rds/snapshot.js"));
    return new Snapshot(
      `${name}-snapshot`,
      { dbInstanceIdentifier: identity.identifier, dbSnapshotIdentifier: identity.snapshot, tags },
      opts,
    );
  }
  const { ClusterSnapshot } = await packageOf(
    "@pulumi/aws",
    () => import("@pulumi/aws/rds/clusterSnapshot.js"),
  );
  return new ClusterSnapshot(
    `${name}-snapshot`,
    { dbClusterIdentifier: identity.identifier, dbClusterSnapshotIdentifier: identity.snapshot, tags },
    opts,
  );
}
