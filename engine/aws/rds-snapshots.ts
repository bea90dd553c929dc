import type { DBClusterSnapshot, DBSnapshot, Tag } from "@aws-sdk/client-rds";
import { connectionOf } from "./rds-connection.ts";
import { type Rds } from "./rds-access.ts";
import { type RdsSource, unlessNotFound } from "./rds.ts";

/** A snapshot, as AWS describes it. */
export interface RdsSnapshotFacts {
  kind: RdsSource["kind"];
  identifier: string;
  arn: string;
  /** For example `creating`, `available`, `failed`. */
  status: string;
  /** The instance or cluster that it is of. */
  source: string;
  /** When it was started, ISO 8601. AWS may omit it while the snapshot is being created. */
  takenAt: string | undefined;
  /** Finished part, percent. */
  progress: number;
  sizeGiB: number;
  tags: Record<string, string>;
}

/** Every manual snapshot of an instance or a cluster. */
export async function listRdsSnapshots(rds: Rds, source: RdsSource): Promise<RdsSnapshotFacts[]> {
  const { client, sdk } = connectionOf(rds);
  const found: RdsSnapshotFacts[] = [];
  if (source.kind === "instance") {
    const request = { DBInstanceIdentifier: source.identifier, SnapshotType: "manual" };
    for await (const page of sdk.paginateDescribeDBSnapshots({ client }, request))
      found.push(...(page.DBSnapshots ?? []).map(factsOfInstanceSnapshot));
  } else {
    const request = { DBClusterIdentifier: source.identifier, SnapshotType: "manual" };
    for await (const page of sdk.paginateDescribeDBClusterSnapshots({ client }, request))
      found.push(...(page.DBClusterSnapshots ?? []).map(factsOfClusterSnapshot));
  }
  return found;
}

/** Looks up one snapshot; undefined if it does not exist. */
export async function describeRdsSnapshot(
  rds: Rds,
  { kind, identifier }: { kind: RdsSource["kind"]; identifier: string },
): Promise<RdsSnapshotFacts | undefined> {
  const { client, sdk } = connectionOf(rds);
  if (kind === "instance") {
    const command = new sdk.DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: identifier });
    return (await unlessNotFound(client.send(command)))?.DBSnapshots?.map(factsOfInstanceSnapshot)[0];
  }
  const command = new sdk.DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: identifier });
  return (await unlessNotFound(client.send(command)))?.DBClusterSnapshots?.map(factsOfClusterSnapshot)[0];
}

/** Deletes one snapshot. One that does not exist is no error. */
export async function deleteRdsSnapshot(
  rds: Rds,
  { kind, identifier }: { kind: RdsSource["kind"]; identifier: string },
): Promise<void> {
  const { client, sdk } = connectionOf(rds);
  await unlessNotFound<unknown>(
    kind === "instance"
      ? client.send(new sdk.DeleteDBSnapshotCommand({ DBSnapshotIdentifier: identifier }))
      : client.send(new sdk.DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: identifier })),
  );
}

/** The number of manual snapshots of the account in the region, and its limit; undefined if AWS does not report it. */
export async function snapshotQuota(
  rds: Rds,
  kind: RdsSource["kind"],
): Promise<{ used: number; max: number } | undefined> {
  const { client, sdk } = connectionOf(rds);
  const { AccountQuotas = [] } = await client.send(new sdk.DescribeAccountAttributesCommand({}));
  const name = kind === "instance" ? "ManualSnapshots" : "ManualClusterSnapshots";
  const quota = AccountQuotas.find(({ AccountQuotaName }) => AccountQuotaName === name);
  if (quota?.Used === undefined || quota.Max === undefined) return undefined;
  return { used: quota.Used, max: quota.Max };
}

function factsOfInstanceSnapshot(snapshot: DBSnapshot): RdsSnapshotFacts {
  return {
    kind: "instance",
    identifier: snapshot.DBSnapshotIdentifier ?? "",
    arn: snapshot.DBSnapshotArn ?? "",
    source: snapshot.DBInstanceIdentifier ?? "",
    ...factsOfAny(snapshot),
  };
}

function factsOfClusterSnapshot(snapshot: DBClusterSnapshot): RdsSnapshotFacts {
  return {
    kind: "cluster",
    identifier: snapshot.DBClusterSnapshotIdentifier ?? "",
    arn: snapshot.DBClusterSnapshotArn ?? "",
    source: snapshot.DBClusterIdentifier ?? "",
    ...factsOfAny(snapshot),
  };
}

function factsOfAny(snapshot: DBClusterSnapshot | DBSnapshot) {
  return {
    status: snapshot.Status ?? "unknown",
    takenAt: snapshot.SnapshotCreateTime?.toISOString(),
    progress: snapshot.PercentProgress ?? 0,
    sizeGiB: snapshot.AllocatedStorage ?? 0,
    tags: tagsOf(snapshot.TagList),
  };
}

function tagsOf(tags: Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
