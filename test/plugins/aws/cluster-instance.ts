import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  type DBInstance,
  ModifyDBInstanceCommand,
} from "@aws-sdk/client-rds";
import type { Properties, ResourceType } from "../provider.ts";
import { apiFields, changedInputs } from "./api-fields.ts";
import { findCluster } from "./cluster-state.ts";
import { completeIdentifier } from "./identifier.ts";
import { instanceFields } from "./instance-properties.ts";
import { deleteInstance, findInstance, waitForInstance } from "./instance-state.ts";
import { failing, keeping } from "./provider-error.ts";
import { call, regionOfClient } from "./rds-client.ts";
import { tagList, tagOutputs, updateTags } from "./tags.ts";

const usualTimeoutMs = 90 * 60_000;

const fieldNames: Record<string, string> = {
  ...instanceFields,
  clusterIdentifier: "DBClusterIdentifier",
  dbParameterGroupName: "DBParameterGroupName",
  preferredBackupWindow: "PreferredBackupWindow",
  preferredMaintenanceWindow: "PreferredMaintenanceWindow",
  promotionTier: "PromotionTier",
};

const outputNames = [
  ...[
    "arn",
    "availabilityZone",
    "caCertIdentifier",
    "dbParameterGroupName",
    "dbSubnetGroupName",
    "dbiResourceId",
  ],
  ...["endpoint", "engineVersion", "engineVersionActual", "identifier", "identifierPrefix", "kmsKeyId"],
  ...["networkType", "port", "preferredBackupWindow", "preferredMaintenanceWindow", "publiclyAccessible"],
  ...["region", "storageEncrypted", "tagsAll", "writer"],
];

/** `aws:rds/clusterInstance:ClusterInstance`. */
export const clusterInstance: ResourceType = {
  outputs: outputNames,
  replaceOnChanges: [
    ...["availabilityZone", "clusterIdentifier", "customIamInstanceProfile", "dbSubnetGroupName", "engine"],
    ...["identifier", "identifierPrefix", "region"],
  ],
  computed: outputNames,
  complete: completeIdentifier("identifier"),

  async create(operation) {
    const { inputs, signal, timeoutMs = usualTimeoutMs } = operation;
    const id = String(inputs["identifier"]);
    const fields = { ...apiFields(inputs, fieldNames), DBInstanceIdentifier: id, Tags: tagList(inputs) };
    const command = new CreateDBInstanceCommand(fields as unknown as CreateDBInstanceCommandInput);
    await call(command, signal).catch(
      failing(operation, "creating", `creating RDS Cluster Instance (${id})`),
    );
    const keep = keeping(
      operation,
      { id, outputs: { ...inputs, region: await regionOfClient() } },
      `waiting for RDS Cluster Instance (${id}) create`,
    );
    const found = await waitForInstance(id, { timeoutMs, signal }).catch(keep);
    return { id, outputs: await outputsOf(found, inputs, signal) };
  },

  async read({ id, olds, signal }) {
    const found = await findInstance(id, signal);
    return found && outputsOf(found, olds, signal);
  },

  async update(operation) {
    const { id, inputs, olds, signal, timeoutMs = usualTimeoutMs } = operation;
    const changes = apiFields(changedInputs(olds, inputs), fieldNames);
    if (Object.keys(changes).length > 0) {
      const ApplyImmediately = inputs["applyImmediately"] === true;
      await call(
        new ModifyDBInstanceCommand({ ...changes, DBInstanceIdentifier: id, ApplyImmediately }),
        signal,
      ).catch(failing(operation, "updating", `updating RDS Cluster Instance (${id})`));
    }
    await updateTags(operation, olds["arn"]);
    const found = await waitForInstance(id, { timeoutMs, signal }).catch(
      failing(operation, "updating", `waiting for RDS Cluster Instance (${id}) update`),
    );
    return outputsOf(found, inputs, signal);
  },

  async delete(operation) {
    await deleteInstance(operation, { identifier: operation.id, isMember: true });
  },
};

async function outputsOf(
  found: DBInstance | undefined,
  inputs: Properties,
  signal: AbortSignal,
): Promise<Properties> {
  if (found === undefined) return inputs;
  const cluster = await findCluster(String(inputs["clusterIdentifier"]), signal);
  const member = cluster?.DBClusterMembers?.find(
    ({ DBInstanceIdentifier }) => DBInstanceIdentifier === found.DBInstanceIdentifier,
  );
  return {
    ...inputs,
    arn: found.DBInstanceArn,
    availabilityZone: found.AvailabilityZone ?? "",
    caCertIdentifier: found.CACertificateIdentifier ?? "",
    dbParameterGroupName: found.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
    dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName ?? "",
    dbiResourceId: found.DbiResourceId,
    endpoint: found.Endpoint?.Address ?? "",
    engineVersion: inputs["engineVersion"] ?? found.EngineVersion,
    engineVersionActual: found.EngineVersion,
    identifierPrefix: inputs["identifierPrefix"] ?? "",
    kmsKeyId: found.KmsKeyId ?? "",
    networkType: found.NetworkType ?? "IPV4",
    port: found.Endpoint?.Port ?? 0,
    preferredBackupWindow: found.PreferredBackupWindow ?? "",
    preferredMaintenanceWindow: found.PreferredMaintenanceWindow ?? "",
    publiclyAccessible: found.PubliclyAccessible ?? false,
    region: await regionOfClient(),
    storageEncrypted: found.StorageEncrypted ?? false,
    writer: member?.IsClusterWriter ?? false,
    ...tagOutputs(inputs, found.TagList),
  };
}
