import { type CreateDBInstanceCommandOutput, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import type { Properties, ResourceType } from "../provider.ts";
import { apiFields, changedInputs } from "./api-fields.ts";
import { completeIdentifier } from "./identifier.ts";
import { creationOf } from "./instance-creation.ts";
import { instanceFields, instanceOutputNames, instanceOutputs } from "./instance-properties.ts";
import { deleteInstance, findInstance, waitForInstance } from "./instance-state.ts";
import { failing, keeping } from "./provider-error.ts";
import { call, regionOfClient } from "./rds-client.ts";
import { updateTags } from "./tags.ts";

const createTimeoutMs = 40 * 60_000;
const updateTimeoutMs = 80 * 60_000;

/** What a restored instance is given afterwards, because the call that restores does not take it. */
const fieldsAfterRestore = [
  ...[
    "backupRetentionPeriod",
    "backupWindow",
    "maintenanceWindow",
    "maxAllocatedStorage",
    "monitoringInterval",
  ],
  ...["monitoringRoleArn", "password", "performanceInsightsEnabled", "performanceInsightsRetentionPeriod"],
];

/** `aws:rds/instance:Instance`. Its id is the instance's resource id, `db-...`. */
export const instance: ResourceType = {
  outputs: instanceOutputNames,
  replaceOnChanges: [
    ...[
      "availabilityZone",
      "backupTarget",
      "characterSetName",
      "dbName",
      "engine",
      "identifierPrefix",
      "kmsKeyId",
    ],
    ...["ncharCharacterSetName", "region", "restoreToPointInTime", "s3Import", "snapshotIdentifier"],
    ...["storageEncrypted", "timezone", "username"],
  ],
  computed: instanceOutputNames,
  secretOutputs: ["password", "passwordWo"],
  complete: completeIdentifier("identifier"),

  async create(operation) {
    const { inputs, signal, timeoutMs = createTimeoutMs } = operation;
    const identifier = String(inputs["identifier"]);
    const { command, words, isRestored } = creationOf(identifier, operation);
    const created = await call<CreateDBInstanceCommandOutput>(command, signal).catch(
      failing(operation, "creating", `creating RDS DB Instance ${words}(${identifier})`),
    );
    const id = created.DBInstance?.DbiResourceId ?? identifier;
    const region = await regionOfClient();
    const keep = keeping(
      operation,
      { id, outputs: { ...inputs, region } },
      `waiting for RDS DB Instance (${identifier}) create`,
    );
    await waitForInstance(identifier, { timeoutMs, signal }).catch(keep);
    const later = apiFields(inputs, pick(instanceFields, fieldsAfterRestore));
    if (isRestored && Object.keys(later).length > 0) {
      const modification = { DBInstanceIdentifier: identifier, ApplyImmediately: true, ...later };
      await call(new ModifyDBInstanceCommand(modification), signal).catch(keep);
    }
    const found = await waitForInstance(identifier, { timeoutMs, signal }).catch(keep);
    return { id, outputs: found === undefined ? inputs : instanceOutputs(found, inputs, region) };
  },

  async read({ olds, id, signal }) {
    const found = await findInstance(identifierOf(olds), signal);
    return found?.DbiResourceId === id ? instanceOutputs(found, olds, await regionOfClient()) : undefined;
  },

  async update(operation) {
    const { inputs, olds, signal, timeoutMs = updateTimeoutMs } = operation;
    const identifier = String(inputs["identifier"]);
    const { Port, EnableCloudwatchLogsExports, ...changes } = apiFields(
      changedInputs(olds, inputs),
      instanceFields,
    );
    const renamed = identifierOf(olds) === identifier ? {} : { NewDBInstanceIdentifier: identifier };
    const modification = {
      ...changes,
      ...renamed,
      ...(Port === undefined ? {} : { DBPortNumber: Number(Port) }),
      ...(EnableCloudwatchLogsExports === undefined
        ? {}
        : { CloudwatchLogsExportConfiguration: { EnableLogTypes: EnableCloudwatchLogsExports as string[] } }),
    };
    if (Object.keys(modification).length > 0)
      await call(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: identifierOf(olds),
          ApplyImmediately: inputs["applyImmediately"] === true,
          ...modification,
        }),
        signal,
      ).catch(failing(operation, "updating", `updating RDS DB Instance (${identifier})`));
    await updateTags(operation, olds["arn"]);
    const found = await waitForInstance(identifier, { timeoutMs, signal }).catch(
      failing(operation, "updating", `waiting for RDS DB Instance (${identifier}) update`),
    );
    return found === undefined ? inputs : instanceOutputs(found, inputs, await regionOfClient());
  },

  async delete(operation) {
    await deleteInstance(operation, { identifier: identifierOf(operation.olds) });
  },
};

function identifierOf(olds: Properties): string {
  return String(olds["identifier"]);
}

function pick(names: Record<string, string>, properties: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(names).filter(([property]) => properties.includes(property)));
}
