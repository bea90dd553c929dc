import assert from "node:assert/strict";
import { test } from "node:test";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeAccountAttributesCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
} from "@aws-sdk/client-rds";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Aws, createAws } from "../../aws/aws.ts";
import { createCluster, createInstance } from "../../aws/database.ts";
import { answerAccountQuotas } from "../../aws/faults/account-quotas.ts";
import { exceedSnapshotQuota, expireCredentials, throttle } from "../../aws/faults/call-failure.ts";
import { setDatabaseStatus, setLatestRestorableTime } from "../../aws/faults/database-state.ts";
import { pointEndpointsAt } from "../../aws/faults/endpoint.ts";
import { putMetric } from "../../aws/faults/metric.ts";
import { failSnapshots, keepSnapshotsCreating } from "../../aws/faults/snapshot-creation.ts";

async function snapshotStatuses(aws: Aws, polls: number): Promise<unknown[]> {
  const statuses = [];
  for (let poll = 0; poll < polls; poll++) {
    const { DBSnapshots: snapshots = [] } = await aws.rds.send(
      new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }),
    );
    statuses.push(...snapshots.map(({ Status, PercentProgress }) => [Status, PercentProgress]));
  }
  return statuses;
}

test("every test has an account of its own, and sees its calls", async (t) => {
  const [aws, other] = [await createAws(t), await createAws(t)];
  const instance = await createInstance(aws, { DBInstanceIdentifier: "app" });
  assert.match(instance.DBInstanceArn ?? "", new RegExp(`:${aws.accountId}:db:app$`));
  assert.deepEqual((await other.rds.send(new DescribeDBInstancesCommand({}))).DBInstances, []);
  assert.equal(aws.calls("CreateDBInstance")[0]?.parameters["DBInstanceIdentifier"], "app");
  assert.deepEqual(
    other.calls().map(({ action }) => action),
    ["DescribeDBInstances"],
  );
});

test("snapshots are created over time, or fail", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app" });
  const creating = keepSnapshotsCreating(aws, { polls: 2 });
  const command = new CreateDBSnapshotCommand({
    DBInstanceIdentifier: "app",
    DBSnapshotIdentifier: "before",
  });
  const { DBSnapshot: created } = await aws.rds.send(command);
  assert.deepEqual(
    [created?.Status, created?.PercentProgress, created?.SnapshotCreateTime],
    ["creating", 0, undefined],
  );
  assert.deepEqual(await snapshotStatuses(aws, 3), [
    ["creating", 0],
    ["creating", 50],
    ["available", undefined],
  ]);
  keepSnapshotsCreating(aws, { polls: 1, snapshot: "before" });
  await snapshotStatuses(aws, 1);
  await aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "before" }));
  creating.remove();
  const long = keepSnapshotsCreating(aws, { forMs: 60_000 });
  await aws.rds.send(command);
  await assert.rejects(aws.rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: "before" })), {
    name: "InvalidDBSnapshotStateFault",
  });
  long.remove();
  failSnapshots(aws, { snapshot: "before", polls: 1 });
  assert.deepEqual(await snapshotStatuses(aws, 2), [
    ["creating", 0],
    ["failed", undefined],
  ]);
  await assert.rejects(aws.rds.send(command), {
    name: "DBSnapshotAlreadyExistsFault",
    message: "Cannot create the snapshot because a snapshot with the identifier before already exists.",
  });
  await assert.rejects(aws.rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: "none" })), {
    name: "DBSnapshotNotFoundFault",
  });
});

test("databases that are not available refuse snapshots", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app" });
  await createCluster(aws, { DBClusterIdentifier: "aurora" });
  setDatabaseStatus(aws, { database: "app", status: "modifying" });
  setDatabaseStatus(aws, { database: "aurora", status: "modifying" });
  const [instance] =
    (await aws.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "app" }))).DBInstances ?? [];
  assert.equal(instance?.DBInstanceStatus, "modifying");
  const [cluster] = (await aws.rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? [];
  assert.equal(cluster?.Status, "modifying");
  await assert.rejects(
    aws.rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "app", DBSnapshotIdentifier: "s" })),
    { name: "InvalidDBInstanceStateFault", message: /instance app is not currently in the available state/ },
  );
  await assert.rejects(
    aws.rds.send(
      new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: "aurora", DBClusterSnapshotIdentifier: "s" }),
    ),
    { name: "InvalidDBClusterStateFault" },
  );
  await assert.rejects(
    aws.rds.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: "aurora-1", DBSnapshotIdentifier: "s" }),
    ),
    { message: /is a member of a cluster/ },
  );
});

test("calls are throttled, refused, cut off and left without an answer", async (t) => {
  const aws = await createAws(t);
  const once = new RDSClient({
    ...aws,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 2000, throwOnRequestTimeout: true },
  });
  t.after(() => once.destroy());
  const describe = (): Promise<unknown> => once.send(new DescribeDBInstancesCommand({}));
  throttle(aws, { times: 1 });
  await assert.rejects(describe(), { name: "Throttling", message: "Rate exceeded" });
  await describe();
  const expired = expireCredentials(aws, { afterCalls: 1 });
  await describe();
  await assert.rejects(describe(), { name: "ExpiredToken" });
  expired.remove();
  const hanging = aws.intercept({ action: "DescribeDBInstances" }, { hang: "before" });
  await assert.rejects(describe(), { name: "TimeoutError" });
  hanging.remove();
  aws.intercept({ times: 1 }, { disconnect: "after" });
  await assert.rejects(describe(), { code: "ECONNRESET" });
  exceedSnapshotQuota(aws);
  await assert.rejects(
    once.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: "app", DBSnapshotIdentifier: "s" })),
    { name: "SnapshotQuotaExceededFault" },
  );
});

test("account quotas, free storage, restore window and addresses are what the test says", async (t) => {
  const aws = await createAws(t);
  await createInstance(aws, { DBInstanceIdentifier: "app" });
  answerAccountQuotas(aws, { ManualSnapshots: { used: 99 } });
  const { AccountQuotas: quotas = [] } = await aws.rds.send(new DescribeAccountAttributesCommand({}));
  assert.deepEqual(
    quotas.find(({ AccountQuotaName }) => AccountQuotaName === "ManualSnapshots"),
    { AccountQuotaName: "ManualSnapshots", Used: 99, Max: 100 },
  );

  await putMetric(aws, { instance: "app", name: "FreeStorageSpace", value: 12_345 });
  assert.ok(aws.cloudWatch instanceof CloudWatchClient);
  const { Datapoints: points = [] } = await aws.cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: "AWS/RDS",
      MetricName: "FreeStorageSpace",
      Dimensions: [{ Name: "DBInstanceIdentifier", Value: "app" }],
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 300,
      Statistics: ["Minimum"],
    }),
  );
  assert.equal(points[0]?.Minimum, 12_345);

  const time = new Date("2026-01-01T00:00:00Z");
  setLatestRestorableTime(aws, { database: "app", time });
  pointEndpointsAt(aws, { database: "restored", host: "127.0.0.1", port: 5433 });
  await aws.rds.send(
    new CreateDBSnapshotCommand({ DBInstanceIdentifier: "app", DBSnapshotIdentifier: "before" }),
  );
  await aws.rds.send(
    new RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier: "restored",
      DBSnapshotIdentifier: "before",
    }),
  );
  const { DBInstances: instances = [] } = await aws.rds.send(new DescribeDBInstancesCommand({}));
  const [app, restored] = ["app", "restored"].map((id) =>
    instances.find(({ DBInstanceIdentifier }) => DBInstanceIdentifier === id),
  );
  assert.deepEqual(app?.LatestRestorableTime, time);
  assert.deepEqual(restored?.Endpoint, { Address: "127.0.0.1", Port: 5433 });
});

test("objects pass, with the names of their calls", async (t) => {
  const aws = await createAws(t);
  const bucket = `bucket-${aws.accountId}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: "a/b c", Body: Buffer.alloc(100_000, "x") }));
  const { Body: body } = await aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: "a/b c" }));
  assert.equal((await body?.transformToString())?.length, 100_000);
  assert.deepEqual(
    aws.calls().map(({ action, parameters }) => [action, parameters["Key"]]),
    [
      ["CreateBucket", undefined],
      ["PutObject", "a/b c"],
      ["GetObject", "a/b c"],
    ],
  );
});
