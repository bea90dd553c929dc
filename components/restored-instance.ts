import * as pulumi from "@pulumi/pulumi";
import { packageOf } from "./provider-package.ts";
import { addressOf, readOnce, keptClass, type Restored, type RestoredOptions } from "./restored.ts";
import type { RdsRestoreArgs } from "./rds-restore-args.ts";

/** Restores a snapshot of an instance, by `aws.rds.Instance`. */
export async function restoreInstance(
  name: string,
  args: RdsRestoreArgs,
  opts: RestoredOptions,
): Promise<pulumi.Output<Restored>> {
  const { Instance } = await packageOf("@pulumi/aws", () => import("@pulumi/aws/rds/instance.js"));
  const from = pulumi.output(args.from);
  const instance = new Instance(
    `${name}-instance`,
    {
      identifier: args.identifier,
      snapshotIdentifier: args.snapshot,
      instanceClass:
        args.instanceClass ?? from.apply(({ placement }) => placement.instanceClass ?? "db.t4g.medium"),
      dbSubnetGroupName: from.placement.subnetGroup,
      vpcSecurityGroupIds: from.placement.securityGroups,
      parameterGroupName: from.placement.parameterGroup,
      multiAz: from.placement.multiAz,
      publiclyAccessible: from.placement.publiclyAccessible,
      deletionProtection: args.deletionProtection ?? true,
      copyTagsToSnapshot: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: pulumi.interpolate`${args.identifier}-final`,
      ...(args.tags === undefined ? {} : { tags: args.tags }),
    },
    {
      ...opts,
      retainOnDelete: true,
      ignoreChanges: [...readOnce, ...keptClass(args), "parameterGroupName", "multiAz"],
    },
  );
  return addressOf({ endpoint: instance.address, port: instance.port });
}
