import * as pulumi from "@pulumi/pulumi";
import type { RdsDatabase } from "../engine/index.ts";
import { packageOf } from "./provider-package.ts";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";
import { tokenOf } from "./token.ts";

/** Arguments of `RdsRestore`. */
export interface RdsRestoreArgs {
  /** Whether an instance or a cluster is restored. Changing it makes a new one beside the old. */
  kind: RdsDatabase["kind"];
  /** Identifier of the new instance or cluster. Changing it replaces what was restored: do not. */
  identifier: pulumi.Input<string>;
  /** The snapshot. Read once, when it is restored; changing it later does nothing. */
  snapshot: pulumi.Input<string>;
  /** The original: class, network and parameter group of it are carried over when it is restored. */
  from: pulumi.Input<RdsDatabase>;
  /** Class of the instance. Default: the original's. Changing it changes the instance in place. */
  instanceClass?: pulumi.Input<string> | undefined;
  /** Whether AWS refuses to delete it. Default: true. Changed in place. */
  deletionProtection?: pulumi.Input<boolean> | undefined;
  /** Tags. Default: none. Changed in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

type DependsOn = pulumi.ComponentResourceOptions["dependsOn"];

/** Where a restored database is. */
interface Restored {
  host: string;
  port: number;
}

/**
 * An RDS snapshot, restored into a NEW instance or cluster that stands where the original stands: its subnet group,
 * security groups and parameter group. What was restored is protected and retained, and nothing that changes later,
 * not even the snapshot, replaces it.
 */
export class RdsRestore extends pulumi.ComponentResource<pulumi.Output<Restored>> {
  /** Its host name, to point the application to. */
  readonly host: pulumi.Output<string>;
  /** Its TCP port. */
  readonly port: pulumi.Output<number>;

  constructor(name: string, args: RdsRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokenOf("RdsRestore"), name, args, opts);
    const restored = pulumi.output(this.getData());
    this.host = restored.apply(({ host }) => host);
    this.port = restored.apply(({ port }) => port);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  protected override async initialize(
    args: RdsRestoreArgs,
    { dependsOn }: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<pulumi.Output<Restored>> {
    await Promise.resolve();
    try {
      return args.kind === "instance"
        ? await this.#restoreInstance(name, args, dependsOn)
        : await this.#restoreCluster(name, args, dependsOn);
    } catch (error) {
      throw errorOn(this, error);
    }
  }

  async #restoreInstance(
    name: string,
    args: RdsRestoreArgs,
    dependsOn: DependsOn,
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
        parent: this,
        dependsOn,
        retainOnDelete: true,
        ignoreChanges: [...ignored, ...inherited(args), "parameterGroupName", "multiAz"],
      },
    );
    return addressOf({ endpoint: instance.address, port: instance.port });
  }

  async #restoreCluster(
    name: string,
    args: RdsRestoreArgs,
    dependsOn: DependsOn,
  ): Promise<pulumi.Output<Restored>> {
    const { Cluster } = await packageOf("@pulumi/aws", () => import("@pulumi/aws/rds/cluster.js"));
    const { ClusterInstance } = await packageOf(
      "@pulumi/aws",
      () => import("@pulumi/aws/rds/clusterInstance.js"),
    );
    const from = pulumi.output(args.from);
    const tags = args.tags === undefined ? {} : { tags: args.tags };
    const cluster = new Cluster(
      `${name}-cluster`,
      {
        clusterIdentifier: args.identifier,
        snapshotIdentifier: args.snapshot,
        engine: from.engine,
        dbSubnetGroupName: from.placement.subnetGroup,
        vpcSecurityGroupIds: from.placement.securityGroups,
        dbClusterParameterGroupName: from.placement.parameterGroup,
        ...sizeOf(from.placement),
        deletionProtection: args.deletionProtection ?? true,
        copyTagsToSnapshot: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: pulumi.interpolate`${args.identifier}-final`,
        ...tags,
      },
      {
        parent: this,
        dependsOn,
        retainOnDelete: true,
        ignoreChanges: [...ignored, ...readOnce],
      },
    );
    // AWS creates the members of a Multi-AZ cluster with it, and refuses others.
    const original = await settled(from);
    if (original.known && original.value.placement.members !== undefined) return addressOf(cluster);
    new ClusterInstance(
      `${name}-instance`,
      {
        clusterIdentifier: cluster.id,
        identifier: pulumi.interpolate`${args.identifier}-1`,
        engine: from.apply(({ engine }) => engine as "aurora-postgresql"),
        instanceClass:
          args.instanceClass ??
          from.apply(({ placement }) => (placement.instanceClass ?? "db.r6g.large") as "db.r6g.large"),
        publiclyAccessible: from.placement.publiclyAccessible,
        ...tags,
      },
      {
        parent: this,
        dependsOn,
        retainOnDelete: true,
        ignoreChanges: ["engine", "publiclyAccessible", ...inherited(args)],
      },
    );
    return addressOf(cluster);
  }
}

/** What else of a cluster is read when it is restored. */
const readOnce = [
  "engine",
  "dbClusterParameterGroupName",
  "serverlessv2ScalingConfiguration",
  "dbClusterInstanceClass",
  "storageType",
  "iops",
];

function addressOf({
  endpoint,
  port,
}: {
  endpoint: pulumi.Output<string>;
  port: pulumi.Output<number>;
}): pulumi.Output<Restored> {
  return pulumi.all([endpoint, port]).apply(([host, tcpPort]) => ({ host, port: tcpPort }));
}

function sizeOf(placement: pulumi.Output<RdsDatabase["placement"]>) {
  return {
    serverlessv2ScalingConfiguration: placement.apply(
      ({ serverless }) => serverless && { minCapacity: serverless.min, maxCapacity: serverless.max },
    ),
    dbClusterInstanceClass: placement.apply(({ members }) => members?.instanceClass),
    storageType: placement.apply(({ members }) => members?.storageType),
    iops: placement.apply(({ members }) => members?.iops),
  };
}

/** A class that was carried over stays as it is when the original's changes. */
function inherited({ instanceClass }: RdsRestoreArgs): string[] {
  return instanceClass === undefined ? ["instanceClass"] : [];
}

/** What is read when it is restored, and would replace or move a database that the application may use by then. */
const ignored = [
  "snapshotIdentifier",
  "restoreToPointInTime",
  "dbSubnetGroupName",
  "vpcSecurityGroupIds",
  "publiclyAccessible",
  "engineVersion",
  "storageEncrypted",
  "kmsKeyId",
];
