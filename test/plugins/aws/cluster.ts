import {
  CreateDBClusterCommand,
  type CreateDBClusterCommandInput,
  DeleteDBClusterCommand,
  ModifyDBClusterCommand,
  RestoreDBClusterFromSnapshotCommand,
  type RestoreDBClusterFromSnapshotCommandInput,
  RestoreDBClusterToPointInTimeCommand,
} from "@aws-sdk/client-rds";
import type { Operation, Properties, ResourceType } from "../provider.ts";
import { apiFields, changedInputs } from "./api-fields.ts";
import { clusterFields, clusterOutputNames, clusterOutputs } from "./cluster-properties.ts";
import { findCluster, waitForCluster } from "./cluster-state.ts";
import { completeIdentifier } from "./identifier.ts";
import { failing, keeping } from "./provider-error.ts";
import { call, regionOfClient, unless } from "./rds-client.ts";
import { tagList, updateTags } from "./tags.ts";

const usualTimeoutMs = 120 * 60_000;

/** `aws:rds/cluster:Cluster`. */
export const cluster: ResourceType = {
  outputs: clusterOutputNames,
  replaceOnChanges: [
    ...[
      "availabilityZones",
      "clusterIdentifier",
      "clusterIdentifierPrefix",
      "databaseName",
      "dbSubnetGroupName",
    ],
    ...["engine", "engineMode", "kmsKeyId", "masterUsername", "region", "restoreToPointInTime", "s3Import"],
    ...["snapshotIdentifier", "sourceRegion", "storageEncrypted"],
  ],
  computed: clusterOutputNames,
  secretOutputs: ["masterPassword", "masterPasswordWo"],
  complete: completeIdentifier("clusterIdentifier"),

  async create(operation) {
    const { inputs, signal, timeoutMs = usualTimeoutMs } = operation;
    const id = String(inputs["clusterIdentifier"]);
    const { command, words } = creation(id, operation);
    await call(command, signal).catch(failing(operation, "creating", `creating RDS Cluster ${words}(${id})`));
    const region = await regionOfClient();
    const outputs = { ...inputs, region };
    const keep = keeping(operation, { id, outputs }, `waiting for RDS Cluster (${id}) create`);
    const found = await waitForCluster(id, { timeoutMs, signal }).catch(keep);
    return { id, outputs: found === undefined ? outputs : clusterOutputs(found, inputs, region) };
  },

  async read({ id, olds, signal }) {
    const found = await findCluster(id, signal);
    return found && clusterOutputs(found, olds, await regionOfClient());
  },

  async update(operation) {
    const { id, inputs, olds, signal, timeoutMs = usualTimeoutMs } = operation;
    const changes = apiFields(changedInputs(olds, inputs), clusterFields);
    if (Object.keys(changes).length > 0) {
      const ApplyImmediately = inputs["applyImmediately"] === true;
      await call(
        new ModifyDBClusterCommand({ ...changes, DBClusterIdentifier: id, ApplyImmediately }),
        signal,
      ).catch(failing(operation, "updating", `updating RDS Cluster (${id})`));
    }
    await updateTags(operation, olds["arn"]);
    const found = await waitForCluster(id, { timeoutMs, signal }).catch(
      failing(operation, "updating", `waiting for RDS Cluster (${id}) update`),
    );
    return found === undefined ? inputs : clusterOutputs(found, inputs, await regionOfClient());
  },

  async delete(operation) {
    const { id, olds, signal, timeoutMs = usualTimeoutMs } = operation;
    const skipFinalSnapshot = olds["skipFinalSnapshot"] === true;
    const finalSnapshot = olds["finalSnapshotIdentifier"] as string | undefined;
    if (!skipFinalSnapshot && finalSnapshot === undefined)
      failing(
        operation,
        "deleting",
        "RDS Cluster final_snapshot_identifier",
      )("is required when skip_final_snapshot is false");
    const command = new DeleteDBClusterCommand({
      DBClusterIdentifier: id,
      SkipFinalSnapshot: skipFinalSnapshot,
      FinalDBSnapshotIdentifier: skipFinalSnapshot ? undefined : finalSnapshot,
    });
    await unless("DBClusterNotFoundFault", call(command, signal)).catch(
      failing(operation, "deleting", `deleting RDS Cluster (${id})`),
    );
    await waitForCluster(id, { timeoutMs, signal, isDeleted: true }).catch(
      failing(operation, "deleting", `waiting for RDS Cluster (${id}) delete`),
    );
  },
};

function creation(id: string, { inputs }: Operation): { command: object; words: string } {
  const fields = { ...apiFields(inputs, clusterFields), DBClusterIdentifier: id, Tags: tagList(inputs) };
  if (typeof inputs["snapshotIdentifier"] === "string") {
    const source = { ...fields, SnapshotIdentifier: inputs["snapshotIdentifier"] };
    const request = source as unknown as RestoreDBClusterFromSnapshotCommandInput;
    return { command: new RestoreDBClusterFromSnapshotCommand(request), words: "(restore from snapshot) " };
  }
  if (inputs["restoreToPointInTime"] !== undefined) {
    const source = pointInTime(inputs["restoreToPointInTime"] as Properties);
    const command = new RestoreDBClusterToPointInTimeCommand({ ...fields, ...source });
    return { command, words: "(restore to point-in-time) " };
  }
  const request = fields as unknown as CreateDBClusterCommandInput;
  return { command: new CreateDBClusterCommand(request), words: "" };
}

function pointInTime(source: Properties): Record<string, unknown> {
  return {
    ...apiFields(source, {
      restoreType: "RestoreType",
      sourceClusterIdentifier: "SourceDBClusterIdentifier",
      sourceClusterResourceId: "SourceDbClusterResourceId",
      useLatestRestorableTime: "UseLatestRestorableTime",
    }),
    ...(typeof source["restoreToTime"] === "string"
      ? { RestoreToTime: new Date(source["restoreToTime"]) }
      : {}),
  };
}
