import type { Tag } from "@aws-sdk/client-rds";
import { connectionOf } from "./rds-connection.ts";
import { type Rds } from "./rds-access.ts";
import { type RdsSource, unlessNotFound } from "./rds.ts";
import { describeRdsDatabase, type RdsDatabase, type RdsPlacement } from "./rds-database.ts";

/** A database that is restored from a snapshot and deleted again. */
export interface TemporaryRestore {
  snapshot: string;
  /** The original, whose network and parameters are used. */
  source: RdsDatabase;
  identifier: string;
  tags: Record<string, string>;
}

/** Starts to restore a snapshot into a new instance or cluster with the network access of the original. */
export async function beginTemporaryRestore(rds: Rds, restore: TemporaryRestore): Promise<void> {
  if (restore.source.kind === "instance") await beginInstance(rds, restore);
  else await beginCluster(rds, restore);
}

async function beginInstance(rds: Rds, restore: TemporaryRestore): Promise<void> {
  const { client, sdk } = connectionOf(rds);
  const { placement } = restore.source;
  await client.send(
    new sdk.RestoreDBInstanceFromDBSnapshotCommand({
      DBSnapshotIdentifier: restore.snapshot,
      DBInstanceIdentifier: restore.identifier,
      DBInstanceClass: placement.instanceClass,
      DBSubnetGroupName: placement.subnetGroup,
      VpcSecurityGroupIds: placement.securityGroups,
      DBParameterGroupName: placement.parameterGroup,
      PubliclyAccessible: placement.publiclyAccessible,
      MultiAZ: false,
      DeletionProtection: false,
      Tags: tagsOf(restore.tags),
    }),
  );
}

async function beginCluster(rds: Rds, restore: TemporaryRestore): Promise<void> {
  const { client, sdk } = connectionOf(rds);
  const { source, identifier } = restore;
  const { placement, engine } = source;
  await client.send(
    new sdk.RestoreDBClusterFromSnapshotCommand({
      SnapshotIdentifier: restore.snapshot,
      DBClusterIdentifier: identifier,
      Engine: engine,
      DBSubnetGroupName: placement.subnetGroup,
      VpcSecurityGroupIds: placement.securityGroups,
      DBClusterParameterGroupName: placement.parameterGroup,
      ...sizeOf(placement),
      DeletionProtection: false,
      Tags: tagsOf(restore.tags),
    }),
  );
}

/** An Aurora cluster is restored without an instance, and accepts one only once it is available. */
async function createWriter(rds: Rds, { source, identifier, tags }: TemporaryRestore): Promise<void> {
  const { client, sdk } = connectionOf(rds);
  await client.send(
    new sdk.CreateDBInstanceCommand({
      DBClusterIdentifier: identifier,
      DBInstanceIdentifier: writerOf(identifier),
      DBInstanceClass: source.placement.instanceClass,
      PubliclyAccessible: source.placement.publiclyAccessible,
      Engine: source.engine,
      Tags: tagsOf(tags),
    }),
  );
}

function sizeOf({ serverless, members, publiclyAccessible }: RdsPlacement) {
  if (members !== undefined)
    return {
      DBClusterInstanceClass: members.instanceClass,
      StorageType: members.storageType,
      Iops: members.iops,
      PubliclyAccessible: publiclyAccessible,
    };
  if (serverless === undefined) return {};
  return { ServerlessV2ScalingConfiguration: { MinCapacity: serverless.min, MaxCapacity: serverless.max } };
}

/**
 * Takes the next step, and returns the status that decides whether the restored database can be connected to; undefined
 * if it does not exist.
 */
export async function advanceTemporaryRestore(
  rds: Rds,
  restore: TemporaryRestore,
): Promise<string | undefined> {
  const { source, identifier } = restore;
  if (source.kind === "instance") return instanceStatus(rds, identifier);
  const cluster = await describeRdsDatabase(rds, { kind: "cluster", identifier });
  // AWS creates the members of a Multi-AZ cluster with it.
  if (cluster?.status !== "available" || source.placement.members !== undefined) return cluster?.status;
  const status = await instanceStatus(rds, writerOf(identifier));
  if (status === undefined) await createWriter(rds, restore);
  return status ?? "creating";
}

async function instanceStatus(rds: Rds, identifier: string): Promise<string | undefined> {
  const { client, sdk } = connectionOf(rds);
  const command = new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  return (await unlessNotFound(client.send(command)))?.DBInstances?.[0]?.DBInstanceStatus;
}

/** Starts to delete the restored database, without a final snapshot. A database that does not exist is no error. */
export async function deleteTemporaryRestore(rds: Rds, { kind, identifier }: RdsSource): Promise<void> {
  const { client, sdk } = connectionOf(rds);
  await unlessNotFound(
    client.send(
      new sdk.DeleteDBInstanceCommand({
        DBInstanceIdentifier: kind === "instance" ? identifier : writerOf(identifier),
        SkipFinalSnapshot: true,
        ...(kind === "instance" ? { DeleteAutomatedBackups: true } : {}),
      }),
    ),
  );
  if (kind === "cluster")
    await unlessNotFound(
      client.send(
        new sdk.DeleteDBClusterCommand({ DBClusterIdentifier: identifier, SkipFinalSnapshot: true }),
      ),
    );
}

/** Tags of an instance or a cluster; undefined if it does not exist. */
export async function tagsOfDatabase(
  rds: Rds,
  { kind, identifier }: RdsSource,
): Promise<Record<string, string> | undefined> {
  const { client, sdk } = connectionOf(rds);
  const found =
    kind === "instance"
      ? (
          await unlessNotFound(
            client.send(new sdk.DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier })),
          )
        )?.DBInstances?.[0]
      : (
          await unlessNotFound(
            client.send(new sdk.DescribeDBClustersCommand({ DBClusterIdentifier: identifier })),
          )
        )?.DBClusters?.[0];
  if (found === undefined) return undefined;
  return Object.fromEntries((found.TagList ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

function writerOf(cluster: string): string {
  return `${cluster}-1`;
}

function tagsOf(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
