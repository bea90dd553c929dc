import {
  CreateDBClusterSnapshotCommand,
  type DBClusterSnapshot,
  DeleteDBClusterSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  type DescribeDBClusterSnapshotsCommandOutput,
  ModifyDBClusterSnapshotAttributeCommand,
} from "@aws-sdk/client-rds";
import type { Operation, Properties, ResourceType } from "../provider.ts";
import { findIdentifierProblems } from "./cluster-snapshot-identifier.ts";
import { failing, keeping } from "./provider-error.ts";
import { AwsCallError, call, regionOfClient, unless } from "./rds-client.ts";
import { accountChanges } from "./shared-accounts.ts";
import { tagList, tagOutputs, updateTags } from "./tags.ts";
import { repeatWhile, waitForState } from "./waiter.ts";

const createTimeoutMs = 20 * 60_000;

/** The real provider repeats a refused creation for 2 minutes, for which tests need not wait. */
const stateTimeoutMs = Number(process.env["TEST_AWS_CLUSTER_STATE_TIMEOUT_MS"] ?? 120_000);

/** `aws:rds/clusterSnapshot:ClusterSnapshot`. */
export const clusterSnapshot: ResourceType = {
  outputs: [
    ...[
      "allocatedStorage",
      "availabilityZones",
      "dbClusterSnapshotArn",
      "engine",
      "engineVersion",
      "kmsKeyId",
    ],
    ...["licenseModel", "port", "region", "snapshotType", "sourceDbClusterSnapshotArn", "status"],
    ...["storageEncrypted", "tagsAll", "vpcId"],
  ],
  replaceOnChanges: ["dbClusterIdentifier", "dbClusterSnapshotIdentifier", "region"],
  computed: ["region"],

  findProblems: findIdentifierProblems,

  async create(operation) {
    const { inputs, signal } = operation;
    const id = String(inputs["dbClusterSnapshotIdentifier"]);
    const command = new CreateDBClusterSnapshotCommand({
      DBClusterIdentifier: String(inputs["dbClusterIdentifier"]),
      DBClusterSnapshotIdentifier: id,
      Tags: tagList(inputs),
    });
    await repeatWhile(
      () => call(command, signal),
      (error) => error instanceof AwsCallError && error.fault === "InvalidDBClusterStateFault",
      { timeoutMs: stateTimeoutMs, signal },
    ).catch(failing(operation, "creating", `creating RDS DB Cluster Snapshot (${id})`));
    const outputs = { ...inputs, region: await regionOfClient() };
    const available = await waitForCreation(id, operation).catch(
      keeping(operation, { id, outputs }, `waiting for RDS DB Cluster Snapshot (${id}) create`),
    );
    await share(id, operation, {});
    return { id, outputs: await outputsOf(available, inputs) };
  },

  async read({ id, olds, signal }) {
    const found = await findClusterSnapshot(id, signal);
    return found && outputsOf(found, olds);
  },

  // Unlike that of an instance it is looked at again; it is not waited for either.
  async update(operation) {
    await share(operation.id, operation, operation.olds);
    await updateTags(operation, operation.olds["dbClusterSnapshotArn"]);
    return outputsOf(await findClusterSnapshot(operation.id, operation.signal), operation.inputs);
  },

  async delete(operation) {
    const { id, signal } = operation;
    const deleted = call(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: id }), signal);
    await unless("DBClusterSnapshotNotFoundFault", deleted).catch(
      failing(operation, "deleting", `deleting RDS DB Cluster Snapshot (${id})`),
    );
  },
};

/** Finds a snapshot of a cluster. */
export async function findClusterSnapshot(
  id: string,
  signal: AbortSignal,
): Promise<DBClusterSnapshot | undefined> {
  const command = new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: id });
  const found = call<DescribeDBClusterSnapshotsCommandOutput>(command, signal);
  return (await unless("DBClusterSnapshotNotFoundFault", found))?.DBClusterSnapshots?.[0];
}

/** What the resource and the function of a snapshot have in common. */
export async function clusterSnapshotProperties(found: DBClusterSnapshot): Promise<Properties> {
  return {
    allocatedStorage: found.AllocatedStorage ?? 0,
    availabilityZones: found.AvailabilityZones ?? [],
    dbClusterIdentifier: found.DBClusterIdentifier,
    dbClusterSnapshotArn: found.DBClusterSnapshotArn,
    dbClusterSnapshotIdentifier: found.DBClusterSnapshotIdentifier,
    engine: found.Engine,
    engineVersion: found.EngineVersion,
    kmsKeyId: found.KmsKeyId ?? "",
    licenseModel: found.LicenseModel ?? "",
    port: found.Port ?? 0,
    region: await regionOfClient(),
    snapshotType: found.SnapshotType,
    sourceDbClusterSnapshotArn: found.SourceDBClusterSnapshotArn ?? "",
    status: found.Status,
    storageEncrypted: found.StorageEncrypted ?? false,
    vpcId: found.VpcId ?? "",
  };
}

async function outputsOf(found: DBClusterSnapshot | undefined, inputs: Properties): Promise<Properties> {
  if (found === undefined) return inputs;
  const { sharedAccounts } = inputs;
  return {
    sharedAccounts,
    ...(await clusterSnapshotProperties(found)),
    ...tagOutputs(inputs, found.TagList),
  };
}

async function waitForCreation(
  id: string,
  { timeoutMs = createTimeoutMs, signal }: Operation,
): Promise<DBClusterSnapshot | undefined> {
  return waitForState({
    find: () => findClusterSnapshot(id, signal),
    statusOf: ({ Status }) => Status,
    pending: ["creating", "copying"],
    target: ["available"],
    timeoutMs,
    signal,
  });
}

async function share(id: string, { inputs, signal }: Operation, olds: Properties): Promise<void> {
  const changes = accountChanges(olds, inputs);
  if (changes === undefined) return;
  const attribute = { DBClusterSnapshotIdentifier: id, AttributeName: "restore", ...changes };
  await call(new ModifyDBClusterSnapshotAttributeCommand(attribute), signal);
}
