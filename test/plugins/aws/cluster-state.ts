import {
  type DBCluster,
  DescribeDBClustersCommand,
  type DescribeDBClustersCommandOutput,
} from "@aws-sdk/client-rds";
import { call, unless } from "./rds-client.ts";
import { waitForState } from "./waiter.ts";

const passingStates = [
  ...["backing-up", "creating", "migrating", "modifying", "preparing-data-migration", "rebooting"],
  ...["resetting-master-credentials", "scaling-compute", "upgrading"],
];

/** Finds a cluster. */
export async function findCluster(id: string, signal: AbortSignal): Promise<DBCluster | undefined> {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: id });
  const found = call<DescribeDBClustersCommandOutput>(command, signal);
  return (await unless("DBClusterNotFoundFault", found))?.DBClusters?.[0];
}

/** Waits until a cluster can be used, or is gone. */
export async function waitForCluster(
  id: string,
  { timeoutMs, signal, isDeleted = false }: { timeoutMs: number; signal: AbortSignal; isDeleted?: boolean },
): Promise<DBCluster | undefined> {
  return waitForState({
    find: () => findCluster(id, signal),
    statusOf: ({ Status }) => Status,
    pending: isDeleted ? ["available", "backing-up", "deleting", "modifying"] : passingStates,
    target: isDeleted ? [] : ["available"],
    timeoutMs,
    signal,
  });
}
