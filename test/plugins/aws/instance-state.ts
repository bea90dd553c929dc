import {
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandOutput,
} from "@aws-sdk/client-rds";
import type { ExistingOperation } from "../provider.ts";
import { failing } from "./provider-error.ts";
import { call, unless } from "./rds-client.ts";
import { waitForState } from "./waiter.ts";

const deleteTimeoutMs = 60 * 60_000;

const passingStates = [
  ...[
    "backing-up",
    "configuring-enhanced-monitoring",
    "configuring-iam-database-auth",
    "configuring-log-exports",
  ],
  ...["creating", "maintenance", "modifying", "moving-to-vpc", "rebooting", "renaming"],
  ...["resetting-master-credentials", "starting", "stopping", "storage-full", "upgrading"],
];

/** Finds an instance by its identifier, which is not the id of its resource. */
export async function findInstance(identifier: string, signal: AbortSignal): Promise<DBInstance | undefined> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const found = call<DescribeDBInstancesCommandOutput>(command, signal);
  return (await unless("DBInstanceNotFoundFault", found))?.DBInstances?.[0];
}

/** Waits until an instance can be used. */
export async function waitForInstance(
  identifier: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<DBInstance | undefined> {
  return waitForState({
    find: () => findInstance(identifier, signal),
    statusOf: ({ DBInstanceStatus }) => DBInstanceStatus,
    pending: passingStates,
    target: ["available", "storage-optimization"],
    timeoutMs,
    signal,
  });
}

/** Deletes an instance as its outputs say, and waits until it is gone. */
export async function deleteInstance(
  operation: ExistingOperation,
  { identifier, isMember = false }: { identifier: string; isMember?: boolean },
): Promise<void> {
  const { olds, signal, timeoutMs = deleteTimeoutMs } = operation;
  const skipFinalSnapshot = isMember || olds["skipFinalSnapshot"] === true;
  const finalSnapshot = olds["finalSnapshotIdentifier"] as string | undefined;
  if (!skipFinalSnapshot && finalSnapshot === undefined)
    failing(
      operation,
      "deleting",
      `deleting RDS DB Instance (${identifier})`,
    )("final_snapshot_identifier is required when skip_final_snapshot is false");
  const command = new DeleteDBInstanceCommand({
    DBInstanceIdentifier: identifier,
    SkipFinalSnapshot: skipFinalSnapshot,
    FinalDBSnapshotIdentifier: skipFinalSnapshot ? undefined : finalSnapshot,
    DeleteAutomatedBackups: olds["deleteAutomatedBackups"] !== false,
  });
  const kind = isMember ? "Cluster" : "DB";
  await unless("DBInstanceNotFoundFault", call(command, signal)).catch(
    failing(operation, "deleting", `deleting RDS ${kind} Instance (${identifier})`),
  );
  await waitForState({
    find: () => findInstance(identifier, signal),
    statusOf: ({ DBInstanceStatus }) => DBInstanceStatus,
    pending: [...passingStates, "available", "deleting"],
    target: [],
    timeoutMs,
    signal,
  }).catch(failing(operation, "deleting", `waiting for RDS ${kind} Instance (${identifier}) delete`));
}
