import type { RdsDatabase, RdsPlacement } from "../../aws/rds-database.ts";
import { quoteForShell } from "../shell-word.ts";

/** The longest identifier that AWS accepts, for instances and clusters alike. */
const longestIdentifier = 63;

/** The snapshot or the time to restore. */
export type RdsRestorePoint = { snapshot: string } | { time: string };

/**
 * The AWS CLI commands that restore into a new instance or cluster, with the class, network and parameters of the
 * original, and wait until it is available.
 */
export function rdsRestoreCommand(database: RdsDatabase, point: RdsRestorePoint): string {
  const suffix = "-restored";
  const longestMember = "-1".length;
  const stem = database.identifier.slice(0, longestIdentifier - suffix.length - longestMember);
  const restored = `${stem.replace(/-+$/, "")}${suffix}`;
  // arn:aws:rds:<region>:<account>:...
  const [, , , region = ""] = database.arn.split(":");
  const aws = `aws rds --region ${quoteForShell(region)}`;
  return database.kind === "instance"
    ? restoreInstance(aws, database, { point, restored })
    : restoreCluster(aws, database, { point, restored });
}

interface Target {
  point: RdsRestorePoint;
  restored: string;
}

function restoreInstance(aws: string, database: RdsDatabase, { point, restored }: Target): string {
  const { placement } = database;
  const from =
    "snapshot" in point
      ? `restore-db-instance-from-db-snapshot --db-snapshot-identifier ${point.snapshot} --db-instance-identifier ${restored}`
      : `restore-db-instance-to-point-in-time --source-db-instance-identifier ${database.identifier} ` +
        `--target-db-instance-identifier ${restored} --restore-time ${point.time}`;
  const restore = [
    `${aws} ${from}`,
    option("--db-instance-class", placement.instanceClass),
    option("--db-subnet-group-name", placement.subnetGroup),
    option("--vpc-security-group-ids", placement.securityGroups),
    option("--db-parameter-group-name", placement.parameterGroup),
    placement.multiAz ? "--multi-az" : "--no-multi-az",
    placement.publiclyAccessible ? "--publicly-accessible" : "--no-publicly-accessible",
    "--copy-tags-to-snapshot",
  ];
  return `${words(restore)} && ${aws} wait db-instance-available --db-instance-identifier ${restored}`;
}

function restoreCluster(aws: string, database: RdsDatabase, { point, restored }: Target): string {
  const { placement } = database;
  const from =
    "snapshot" in point
      ? `restore-db-cluster-from-snapshot --snapshot-identifier ${point.snapshot} --engine ${database.engine} --db-cluster-identifier ${restored}`
      : `restore-db-cluster-to-point-in-time --source-db-cluster-identifier ${database.identifier} ` +
        `--db-cluster-identifier ${restored} --restore-to-time ${point.time}`;
  const cluster = [
    `${aws} ${from}`,
    option("--db-subnet-group-name", placement.subnetGroup),
    option("--vpc-security-group-ids", placement.securityGroups),
    option("--db-cluster-parameter-group-name", placement.parameterGroup),
    ...sizeOptions(placement),
  ];
  const available = `${aws} wait db-cluster-available --db-cluster-identifier ${restored}`;
  // AWS creates the members of a Multi-AZ cluster with it, and refuses others.
  if (placement.members !== undefined) return `${words(cluster)} && ${available}`;
  const writer = [
    `${aws} create-db-instance --db-cluster-identifier ${restored} --db-instance-identifier ${restored}-1`,
    `--engine ${database.engine}`,
    option("--db-instance-class", placement.instanceClass),
  ];
  return [
    words(cluster),
    available,
    words(writer),
    `${aws} wait db-instance-available --db-instance-identifier ${restored}-1`,
  ].join(" && ");
}

function sizeOptions({ serverless, members, publiclyAccessible }: RdsPlacement): (string | undefined)[] {
  if (members !== undefined)
    return [
      option("--db-cluster-instance-class", members.instanceClass),
      option("--storage-type", members.storageType),
      option("--iops", members.iops?.toString()),
      publiclyAccessible ? "--publicly-accessible" : "--no-publicly-accessible",
    ];
  if (serverless === undefined) return [];
  return [
    `--serverless-v2-scaling-configuration MinCapacity=${serverless.min},MaxCapacity=${serverless.max}`,
  ];
}

function option(name: string, value: string[] | string | undefined): string | undefined {
  const values = [value ?? []].flat();
  return values.length === 0 ? undefined : [name, ...values.map(quoteForShell)].join(" ");
}

function words(parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(" ");
}
