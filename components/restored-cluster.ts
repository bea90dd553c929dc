import * as pulumi from "@pulumi/pulumi";
import type { RdsDatabase } from "../engine/index.ts";
import { packageOf } from "./provider-package.ts";
import { addressOf, readOnce, keptClass, type Restored, type RestoredOptions } from "./restored.ts";
import type { RdsRestoreArgs } from "./rds-restore-args.ts";
import { settled } from "./settled.ts";

/** Restores a snapshot of a cluster, by `aws.rds.Cluster`, and creates an instance in it. */
export async function restoreCluster(
  name: string,
  args: RdsRestoreArgs,
  opts: RestoredOptions,
): Promise<pulumi.Output<Restored>> {
  const { Cluster } = await packageOf("@pulumi/aws", () => import("@pulumi/aws/rds/cluster.js"));
  const { ClusterInstance } = await packageOf(
    "@pulumi/aws",
    () => import("@pulumi/aws/rds/clusterInstance.js"),
  );
  const from = pulumi.output(args.from);
  const tags = args.tags === undefined ? {} : { tags: args.tags };
  const cluster = new Cluster(
    `${name}-cluster`,
    {
      clusterIdentifier: args.identifier,
      snapshotIdentifier: args.snapshot,
      engine: from.engine,
      dbSubnetGroupName: from.placement.subnetGroup,
      vpcSecurityGroupIds: from.placement.securityGroups,
      dbClusterParameterGroupName: from.placement.parameterGroup,
      ...sizeOf(from.placement),
      deletionProtection: args.deletionProtection ?? true,
      copyTagsToSnapshot: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: pulumi.interpolate`${args.identifier}-final`,
      ...tags,
    },
    {
      ...opts,
      retainOnDelete: true,
      ignoreChanges: [...readOnce, ...readOnceOfCluster],
    },
  );
  // AWS creates the members of a Multi-AZ cluster with it, and refuses others.
  const original = await settled(from);
  if (original.known && original.value.placement.members !== undefined) return addressOf(cluster);
  new ClusterInstance(
    `${name}-instance`,
    {
      clusterIdentifier: cluster.id,
      identifier: pulumi.interpolate`${args.identifier}-1`,
      engine: from.apply(({ engine }) => engine as "aurora-postgresql"),
      instanceClass:
        args.instanceClass ??
        from.apply(({ placement }) => (placement.instanceClass ?? "db.r6g.large") as "db.r6g.large"),
      publiclyAccessible: from.placement.publiclyAccessible,
      ...tags,
    },
    {
      ...opts,
      retainOnDelete: true,
      ignoreChanges: ["engine", "publiclyAccessible", ...keptClass(args)],
    },
  );
  return addressOf(cluster);
}

/** The properties that, besides `readOnce`, are read only when a cluster is restored. */
const readOnceOfCluster = [
  "engine",
  "dbClusterParameterGroupName",
  "serverlessv2ScalingConfiguration",
  "dbClusterInstanceClass",
  "storageType",
  "iops",
];

function sizeOf(placement: pulumi.Output<RdsDatabase["placement"]>) {
  return {
    serverlessv2ScalingConfiguration: placement.apply(
      ({ serverless }) => serverless && { minCapacity: serverless.min, maxCapacity: serverless.max },
    ),
    dbClusterInstanceClass: placement.apply(({ members }) => members?.instanceClass),
    storageType: placement.apply(({ members }) => members?.storageType),
    iops: placement.apply(({ members }) => members?.iops),
  };
}
