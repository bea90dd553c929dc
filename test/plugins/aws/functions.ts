import {
  DescribeDBClusterSnapshotsCommand,
  type DescribeDBClusterSnapshotsCommandOutput,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsCommandOutput,
} from "@aws-sdk/client-rds";
import type { Properties } from "../provider.ts";
import { sharedClusterProperties } from "./cluster-properties.ts";
import { clusterSnapshotProperties } from "./cluster-snapshot.ts";
import { findCluster } from "./cluster-state.ts";
import { securityGroups, sharedProperties } from "./instance-properties.ts";
import { findInstance } from "./instance-state.ts";
import { call, regionOfClient } from "./rds-client.ts";
import { snapshotProperties } from "./snapshot.ts";
import { tagMap } from "./tags.ts";

/** `aws:rds/getInstance:getInstance`. */
export async function getInstance(args: Properties, signal: AbortSignal): Promise<Properties> {
  const identifier = String(args["dbInstanceIdentifier"]);
  const found = await findInstance(identifier, signal);
  if (found === undefined) throw new Error(`reading RDS DB Instance (${identifier}): couldn't find resource`);
  const { Address: address = "", Port: port = 0, HostedZoneId: hostedZoneId = "" } = found.Endpoint ?? {};
  return {
    ...sharedProperties(found),
    id: found.DBInstanceIdentifier,
    address,
    dbClusterIdentifier: found.DBClusterIdentifier ?? "",
    dbInstanceArn: found.DBInstanceArn,
    dbInstanceClass: found.DBInstanceClass,
    dbInstanceIdentifier: found.DBInstanceIdentifier,
    dbInstancePort: found.DbInstancePort ?? 0,
    dbParameterGroups: (found.DBParameterGroups ?? []).map((group) => group.DBParameterGroupName),
    dbSubnetGroup: found.DBSubnetGroup?.DBSubnetGroupName ?? "",
    endpoint: `${address}:${port}`,
    engineVersion: found.EngineVersion,
    hostedZoneId,
    masterUsername: found.MasterUsername ?? "",
    optionGroupMemberships: (found.OptionGroupMemberships ?? []).map((group) => group.OptionGroupName),
    port,
    preferredBackupWindow: found.PreferredBackupWindow ?? "",
    preferredMaintenanceWindow: found.PreferredMaintenanceWindow ?? "",
    region: await regionOfClient(),
    replicateSourceDb: found.ReadReplicaSourceDBInstanceIdentifier ?? "",
    tags: tagMap(found.TagList),
    vpcSecurityGroups: securityGroups(found),
  };
}

/** `aws:rds/getCluster:getCluster`. */
export async function getCluster(args: Properties, signal: AbortSignal): Promise<Properties> {
  const id = String(args["clusterIdentifier"]);
  const found = await findCluster(id, signal);
  if (found === undefined) throw new Error(`reading RDS Cluster (${id}): couldn't find resource`);
  const properties = sharedClusterProperties(found, await regionOfClient());
  return { ...properties, id, backtrackWindow: 0, tags: tagMap(found.TagList) };
}

/** `aws:rds/getSnapshot:getSnapshot`. */
export async function getSnapshot(args: Properties, signal: AbortSignal): Promise<Properties> {
  const command = new DescribeDBSnapshotsCommand({
    DBInstanceIdentifier: args["dbInstanceIdentifier"] as string | undefined,
    DBSnapshotIdentifier: args["dbSnapshotIdentifier"] as string | undefined,
    SnapshotType: args["snapshotType"] as string | undefined,
  });
  const { DBSnapshots: snapshots = [] } = await call<DescribeDBSnapshotsCommandOutput>(command, signal);
  const found = theOne(snapshots, args, "DB Snapshots");
  return {
    ...args,
    ...(await snapshotProperties(found)),
    id: found.DBSnapshotIdentifier,
    originalSnapshotCreateTime: found.OriginalSnapshotCreateTime?.toISOString() ?? "",
    snapshotCreateTime: found.SnapshotCreateTime?.toISOString() ?? "",
    tags: tagMap(found.TagList),
  };
}

/** `aws:rds/getClusterSnapshot:getClusterSnapshot`. */
export async function getClusterSnapshot(args: Properties, signal: AbortSignal): Promise<Properties> {
  const command = new DescribeDBClusterSnapshotsCommand({
    DBClusterIdentifier: args["dbClusterIdentifier"] as string | undefined,
    DBClusterSnapshotIdentifier: args["dbClusterSnapshotIdentifier"] as string | undefined,
    SnapshotType: args["snapshotType"] as string | undefined,
  });
  const output = await call<DescribeDBClusterSnapshotsCommandOutput>(command, signal);
  const found = theOne(output.DBClusterSnapshots ?? [], args, "DB Cluster Snapshots");
  return {
    ...args,
    ...(await clusterSnapshotProperties(found)),
    id: found.DBClusterSnapshotIdentifier,
    snapshotCreateTime: found.SnapshotCreateTime?.toISOString() ?? "",
    tags: tagMap(found.TagList),
  };
}

/** The newest may well be one that is still being created: the real functions do not look at the status. */
function theOne<Snapshot extends { SnapshotCreateTime?: Date | undefined }>(
  snapshots: Snapshot[],
  args: Properties,
  kind: string,
): Snapshot {
  // One without a time is being created: it is the newest.
  const time = ({ SnapshotCreateTime }: Snapshot): number => SnapshotCreateTime?.getTime() ?? Infinity;
  const [newest] = [...snapshots].sort((a, b) => (time(a) < time(b) ? 1 : -1));
  if (newest === undefined)
    throw new Error("Your query returned no results. Please change your search criteria and try again.");
  if (snapshots.length > 1 && args["mostRecent"] !== true)
    throw new Error(
      `Your query returned more than one result. Please try a more specific search criteria, or set ` +
        `\`most_recent\` attribute to true (${kind}).`,
    );
  return newest;
}
