import type { DBClusterSnapshot, DBSnapshot, Tag } from "@aws-sdk/client-rds";
import { connectionOf } from "./rds-connection.ts";
import { type Rds } from "./rds-access.ts";
import { type RdsSource, unlessNotFound } from "./rds.ts";

/** What AWS says of a snapshot. */
export interface RdsSnapshotFacts {
  kind: RdsSource["kind"];
  identifier: string;
  arn: string;
  /** `creating`, `available`, `failed` ... */
  status: string;
  /** Of which instance or cluster it is. */
  source: string;
  /** When it was begun, ISO 8601; AWS may leave it out while the snapshot is being created. */
  takenAt: string | undefined;
  /** How much of it is there, percent. */
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

/** Looks up one snapshot; undefined where there is none of that name. */
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

/** Deletes one snapshot; one that is gone already is in order. */
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

/** How many manual snapshots the account has in the region, and how many it may have; undefined where AWS does not say. */
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
