import * as pulumi from "@pulumi/pulumi";
import type { RdsRestoreArgs } from "./rds-restore-args.ts";

/** The address of a restored database. */
export interface Restored {
  host: string;
  port: number;
}

/** The common arguments of the resources of a restored database. */
export interface RestoredOptions {
  parent: pulumi.Resource;
  dependsOn: pulumi.ResourceOptions["dependsOn"];
}

/** The address of an instance or a cluster. */
export function addressOf({
  endpoint,
  port,
}: {
  endpoint: pulumi.Output<string>;
  port: pulumi.Output<number>;
}): pulumi.Output<Restored> {
  return pulumi.all([endpoint, port]).apply(([host, tcpPort]) => ({ host, port: tcpPort }));
}

/** A copied class stays the same when the original's changes. */
export function keptClass({ instanceClass }: RdsRestoreArgs): string[] {
  return instanceClass === undefined ? ["instanceClass"] : [];
}

/**
 * Properties that are read only at the restore. Later, they would replace or move a database that the application may
 * use by then.
 */
export const readOnce = [
  "snapshotIdentifier",
  "restoreToPointInTime",
  "dbSubnetGroupName",
  "vpcSecurityGroupIds",
  "publiclyAccessible",
  "engineVersion",
  "storageEncrypted",
  "kmsKeyId",
];
