import type { TestContext } from "node:test";
import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
} from "@aws-sdk/client-rds";
import type { AwsAccess, SnapshotIdentity } from "../../../../engine/index.ts";
import { type Aws, createAws } from "../../../aws/aws.ts";
import { createInstance } from "../../../aws/database.ts";
import { putMetric } from "../../../aws/faults/metric.ts";

export const occasion = { database: "app", position: "0123456789ab", digest: "f".repeat(64) };
export const source = { kind: "instance", identifier: "app-prod" } as const;

/** An account with one instance that is ready for a run. */
export async function accountWithInstance(
  t: Pick<TestContext, "after">,
): Promise<{ aws: Aws; access: AwsAccess }> {
  const aws = await createAws(t);
  useCredentials(t, aws);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const aMinuteAgo = new Date(Date.now() - 60_000);
  await putMetric(aws, {
    instance: "app-prod",
    name: "FreeStorageSpace",
    value: 15 * 1024 ** 3,
    time: aMinuteAgo,
  });
  const { region, endpoint } = aws;
  return { aws, access: { region, endpoints: { rds: endpoint, cloudwatch: endpoint } } };
}

/** The engine finds its credentials in the environment, as in production. All accounts of the tests have the same. */
function useCredentials(t: Pick<TestContext, "after">, { environment }: Aws): void {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    const before = process.env[name];
    process.env[name] = environment[name];
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
}

/** Takes the identified snapshot, as the AWS provider does. */
export async function takeSnapshot(
  { rds }: Aws,
  { identifier, snapshot, tags }: SnapshotIdentity,
): Promise<void> {
  await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: identifier,
      DBSnapshotIdentifier: snapshot,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
}

export async function snapshotNames({ rds }: Aws): Promise<string[]> {
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  return DBSnapshots.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier).sort();
}

/** The same for a cluster. */
export async function takeClusterSnapshot(
  { rds }: Aws,
  { identifier, snapshot, tags }: SnapshotIdentity,
): Promise<void> {
  await rds.send(
    new CreateDBClusterSnapshotCommand({
      DBClusterIdentifier: identifier,
      DBClusterSnapshotIdentifier: snapshot,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
}
