import {
  CreateDBSnapshotCommand,
  type CreateDBSnapshotCommandOutput,
  type DBSnapshot,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  type DescribeDBSnapshotsCommandOutput,
  ModifyDBSnapshotAttributeCommand,
} from "@aws-sdk/client-rds";
import type { Operation, Properties, ResourceType } from "../provider.ts";
import { failing, keeping } from "./provider-error.ts";
import { call, regionOfClient, unless } from "./rds-client.ts";
import { accountChanges } from "./shared-accounts.ts";
import { tagList, tagOutputs, updateTags } from "./tags.ts";
import { waitForState } from "./waiter.ts";

const createTimeoutMs = 20 * 60_000;

/** `aws:rds/snapshot:Snapshot`. */
export const snapshot: ResourceType = {
  outputs: [
    ...[
      "allocatedStorage",
      "availabilityZone",
      "dbSnapshotArn",
      "encrypted",
      "engine",
      "engineVersion",
      "iops",
    ],
    ...[
      "kmsKeyId",
      "licenseModel",
      "optionGroupName",
      "port",
      "region",
      "snapshotType",
      "status",
      "storageType",
    ],
    ...["sourceDbSnapshotIdentifier", "sourceRegion", "tagsAll", "vpcId"],
  ],
  replaceOnChanges: ["dbInstanceIdentifier", "dbSnapshotIdentifier", "region"],
  computed: ["region"],

  async create(operation) {
    const { inputs, signal } = operation;
    const identifier = String(inputs["dbSnapshotIdentifier"]);
    const command = new CreateDBSnapshotCommand({
      DBInstanceIdentifier: String(inputs["dbInstanceIdentifier"]),
      DBSnapshotIdentifier: identifier,
      Tags: tagList(inputs),
    });
    const created = await call<CreateDBSnapshotCommandOutput>(command, signal).catch(
      failing(operation, "creating", `creating RDS DB Snapshot (${identifier})`),
    );
    const id = created.DBSnapshot?.DBSnapshotIdentifier ?? identifier;
    // Nothing is read where the waiting ends with an error: the computed outputs are missing then.
    const outputs = { ...inputs, region: await regionOfClient() };
    const available = await waitForCreation(id, operation).catch(
      keeping(operation, { id, outputs }, `waiting for RDS DB Snapshot (${id}) create`),
    );
    await share(id, operation, {});
    return { id, outputs: await outputsOf(available, inputs) };
  },

  async read({ id, olds, signal }) {
    const found = await findSnapshot(id, signal);
    return found && outputsOf(found, olds);
  },

  // It looks at nothing and waits for nothing, not even after a creation that was not waited for to its end.
  async update(operation) {
    await share(operation.id, operation, operation.olds);
    await updateTags(operation, operation.olds["dbSnapshotArn"]);
    return { ...operation.olds, ...operation.inputs, tagsAll: operation.inputs["tags"] ?? {} };
  },

  async delete(operation) {
    const { id, signal } = operation;
    const deleted = call(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }), signal);
    await unless("DBSnapshotNotFoundFault", deleted).catch(
      failing(operation, "deleting", `deleting RDS DB Snapshot (${id})`),
    );
  },
};

/** Finds a snapshot of an instance. */
export async function findSnapshot(id: string, signal: AbortSignal): Promise<DBSnapshot | undefined> {
  const command = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id });
  const found = await unless(
    "DBSnapshotNotFoundFault",
    call<DescribeDBSnapshotsCommandOutput>(command, signal),
  );
  return found?.DBSnapshots?.[0];
}

/** What the resource and the function of a snapshot have in common. */
export async function snapshotProperties(found: DBSnapshot): Promise<Properties> {
  return {
    allocatedStorage: found.AllocatedStorage ?? 0,
    availabilityZone: found.AvailabilityZone ?? "",
    dbInstanceIdentifier: found.DBInstanceIdentifier,
    dbSnapshotArn: found.DBSnapshotArn,
    dbSnapshotIdentifier: found.DBSnapshotIdentifier,
    encrypted: found.Encrypted ?? false,
    engine: found.Engine,
    engineVersion: found.EngineVersion,
    iops: found.Iops ?? 0,
    kmsKeyId: found.KmsKeyId ?? "",
    licenseModel: found.LicenseModel ?? "",
    optionGroupName: found.OptionGroupName ?? "",
    port: found.Port ?? 0,
    region: await regionOfClient(),
    snapshotType: found.SnapshotType,
    sourceDbSnapshotIdentifier: found.SourceDBSnapshotIdentifier ?? "",
    sourceRegion: found.SourceRegion ?? "",
    status: found.Status,
    storageType: found.StorageType ?? "",
    vpcId: found.VpcId ?? "",
  };
}

async function outputsOf(found: DBSnapshot | undefined, inputs: Properties): Promise<Properties> {
  if (found === undefined) return inputs;
  const { sharedAccounts } = inputs;
  return { sharedAccounts, ...(await snapshotProperties(found)), ...tagOutputs(inputs, found.TagList) };
}

async function waitForCreation(
  id: string,
  { timeoutMs = createTimeoutMs, signal }: Operation,
): Promise<DBSnapshot | undefined> {
  return waitForState({
    find: () => findSnapshot(id, signal),
    statusOf: ({ Status }) => Status,
    pending: ["creating"],
    target: ["available"],
    describe: ({ PercentProgress }) => `${PercentProgress ?? 0}% progress`,
    timeoutMs,
    signal,
  });
}

async function share(id: string, { inputs, signal }: Operation, olds: Properties): Promise<void> {
  const changes = accountChanges(olds, inputs);
  if (changes === undefined) return;
  const attribute = { DBSnapshotIdentifier: id, AttributeName: "restore", ...changes };
  await call(new ModifyDBSnapshotAttributeCommand(attribute), signal);
}
