import * as pulumi from "@pulumi/pulumi";
import type { RdsRestoreArgs } from "./rds-restore-args.ts";

/** Where a restored database is. */
export interface Restored {
  host: string;
  port: number;
}

/** What the resources of a restored database have in common. */
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

/** A class that was carried over stays as it is when the original's changes. */
export function keptClass({ instanceClass }: RdsRestoreArgs): string[] {
  return instanceClass === undefined ? ["instanceClass"] : [];
}

/** What is read when it is restored, and would replace or move a database that the application may use by then. */
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
