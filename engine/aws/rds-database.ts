import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";
import { connectionOf } from "./rds-connection.ts";
import { type Rds } from "./rds-access.ts";
import { type RdsSource, unlessNotFound } from "./rds.ts";

/** An instance or a cluster, as AWS describes it. */
export interface RdsDatabase extends RdsSource {
  arn: string;
  /** For example `available`, `modifying`, `backing-up`. */
  status: string;
  /** For example `postgres`, `aurora-postgresql`. */
  engine: string;
  encrypted: boolean;
  /** Retention of automated backups, days; 0 if they are off. */
  backupRetentionDays: number;
  /** Latest point in time that the database can be restored to, ISO 8601. */
  latestRestorableTime: string | undefined;
  /** Allocated storage, GiB; a cluster's grows automatically. */
  allocatedStorageGiB: number;
  /** Limit up to which the storage grows automatically, GiB; undefined if it does not. */
  maxAllocatedStorageGiB: number | undefined;
  endpoint: { host: string; port: number } | undefined;
  placement: RdsPlacement;
}

/** Properties that a restored database takes over, so that the application reaches it like the original. */
export interface RdsPlacement {
  /** Class of the instance, or of the cluster's writer. */
  instanceClass: string | undefined;
  subnetGroup: string | undefined;
  securityGroups: string[];
  parameterGroup: string | undefined;
  multiAz: boolean;
  publiclyAccessible: boolean;
  /** Capacity of an Aurora cluster with serverless instances, which cannot be created without it. */
  serverless?: { min: number; max: number } | undefined;
  /**
   * Members of a Multi-AZ cluster. AWS creates them with the cluster, while an Aurora cluster's are created one by one.
   */
  members?: { instanceClass: string; storageType: string | undefined; iops: number | undefined } | undefined;
}

/** Looks up an instance or a cluster; undefined if it does not exist. */
export async function describeRdsDatabase(rds: Rds, source: RdsSource): Promise<RdsDatabase | undefined> {
  return source.kind === "instance"
    ? describeInstance(rds, source.identifier)
    : describeCluster(rds, source.identifier);
}

async function describeInstance(rds: Rds, identifier: string): Promise<RdsDatabase | undefined> {
  const { client, sdk } = connectionOf(rds);
  const command = new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const [instance] = (await unlessNotFound(client.send(command)))?.DBInstances ?? [];
  if (instance === undefined) return undefined;
  return {
    kind: "instance",
    identifier: instance.DBInstanceIdentifier ?? identifier,
    arn: instance.DBInstanceArn ?? "",
    status: instance.DBInstanceStatus ?? "unknown",
    engine: instance.Engine ?? "",
    encrypted: instance.StorageEncrypted ?? false,
    backupRetentionDays: instance.BackupRetentionPeriod ?? 0,
    latestRestorableTime: instance.LatestRestorableTime?.toISOString(),
    allocatedStorageGiB: instance.AllocatedStorage ?? 0,
    maxAllocatedStorageGiB: instance.MaxAllocatedStorage,
    endpoint: endpointOf(instance.Endpoint?.Address, instance.Endpoint?.Port),
    placement: {
      ...instancePlacement(instance),
      parameterGroup: instance.DBParameterGroups?.[0]?.DBParameterGroupName,
    },
  };
}

async function describeCluster(rds: Rds, identifier: string): Promise<RdsDatabase | undefined> {
  const { client, sdk } = connectionOf(rds);
  const command = new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: identifier });
  const [cluster] = (await unlessNotFound(client.send(command)))?.DBClusters ?? [];
  if (cluster === undefined) return undefined;
  return {
    kind: "cluster",
    identifier: cluster.DBClusterIdentifier ?? identifier,
    arn: cluster.DBClusterArn ?? "",
    status: cluster.Status ?? "unknown",
    engine: cluster.Engine ?? "",
    encrypted: cluster.StorageEncrypted ?? false,
    backupRetentionDays: cluster.BackupRetentionPeriod ?? 0,
    latestRestorableTime: cluster.LatestRestorableTime?.toISOString(),
    allocatedStorageGiB: cluster.AllocatedStorage ?? 0,
    maxAllocatedStorageGiB: undefined,
    endpoint: endpointOf(cluster.Endpoint, cluster.Port),
    placement: await clusterPlacement(rds, cluster),
  };
}

/** For a cluster, the instances determine the class and the public address: the writer's are used. */
async function clusterPlacement(rds: Rds, cluster: DBCluster): Promise<RdsPlacement> {
  const { client, sdk } = connectionOf(rds);
  const members = cluster.DBClusterMembers ?? [];
  const writer = members.find((member) => member.IsClusterWriter) ?? members[0];
  const found =
    writer?.DBInstanceIdentifier === undefined
      ? undefined
      : await unlessNotFound(
          client.send(
            new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: writer.DBInstanceIdentifier }),
          ),
        );
  const [instance] = found?.DBInstances ?? [];
  return {
    ...instancePlacement(instance ?? {}),
    subnetGroup: cluster.DBSubnetGroup,
    securityGroups: (cluster.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
    parameterGroup: cluster.DBClusterParameterGroup,
    multiAz: cluster.MultiAZ ?? false,
    serverless: serverlessOf(cluster),
    members: membersOf(cluster),
  };
}

function serverlessOf({ ServerlessV2ScalingConfiguration }: DBCluster): RdsPlacement["serverless"] {
  const { MinCapacity: min, MaxCapacity: max } = ServerlessV2ScalingConfiguration ?? {};
  return min === undefined || max === undefined ? undefined : { min, max };
}

function membersOf({ DBClusterInstanceClass, StorageType, Iops }: DBCluster): RdsPlacement["members"] {
  if (DBClusterInstanceClass === undefined) return undefined;
  return { instanceClass: DBClusterInstanceClass, storageType: StorageType, iops: Iops };
}

function instancePlacement(instance: DBInstance): Omit<RdsPlacement, "parameterGroup"> {
  return {
    instanceClass: instance.DBInstanceClass,
    subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: (instance.VpcSecurityGroups ?? []).flatMap((group) => group.VpcSecurityGroupId ?? []),
    multiAz: instance.MultiAZ ?? false,
    publiclyAccessible: instance.PubliclyAccessible ?? false,
  };
}

function endpointOf(host: string | undefined, port: number | undefined): RdsDatabase["endpoint"] {
  return host === undefined || port === undefined ? undefined : { host, port };
}
