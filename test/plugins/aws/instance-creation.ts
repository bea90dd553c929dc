import {
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from "@aws-sdk/client-rds";
import type { Operation, Properties } from "../provider.ts";
import { apiFields } from "./api-fields.ts";
import { instanceFields } from "./instance-properties.ts";
import { failing } from "./provider-error.ts";
import { tagList } from "./tags.ts";

/** The call that makes an instance anew, from a snapshot or as another one was at a time. */
export function creationOf(
  identifier: string,
  operation: Operation,
): { command: object; words: string; isRestored: boolean } {
  const { inputs } = operation;
  const fields = { ...apiFields(inputs, instanceFields), Tags: tagList(inputs) };
  if (typeof inputs["snapshotIdentifier"] === "string") {
    const source = { DBInstanceIdentifier: identifier, DBSnapshotIdentifier: inputs["snapshotIdentifier"] };
    const command = new RestoreDBInstanceFromDBSnapshotCommand({ ...fields, ...source });
    return { command, words: "(restore from snapshot) ", isRestored: true };
  }
  if (inputs["restoreToPointInTime"] !== undefined) {
    const source = pointInTime(inputs["restoreToPointInTime"] as Properties);
    const target = { ...fields, ...source, TargetDBInstanceIdentifier: identifier };
    const command = new RestoreDBInstanceToPointInTimeCommand(target);
    return { command, words: "(restore to point-in-time) ", isRestored: true };
  }
  for (const [property, name] of [
    ["allocatedStorage", "allocated_storage"],
    ["engine", "engine"],
    ["username", "username"],
  ] as const)
    if (inputs[property] === undefined)
      failing(operation, "creating", `"${name}"`)("required field is not set");
  const request = { ...fields, DBInstanceIdentifier: identifier } as CreateDBInstanceCommandInput;
  return { command: new CreateDBInstanceCommand(request), words: "", isRestored: false };
}

function pointInTime(source: Properties): Record<string, unknown> {
  return {
    ...apiFields(source, {
      sourceDbInstanceIdentifier: "SourceDBInstanceIdentifier",
      sourceDbiResourceId: "SourceDbiResourceId",
      sourceDbInstanceAutomatedBackupsArn: "SourceDBInstanceAutomatedBackupsArn",
      useLatestRestorableTime: "UseLatestRestorableTime",
    }),
    ...(typeof source["restoreTime"] === "string" ? { RestoreTime: new Date(source["restoreTime"]) } : {}),
  };
}
