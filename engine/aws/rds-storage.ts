import type { AwsAccess } from "./access.ts";
import { awsClientConfiguration, loadSdk } from "./client-configuration.ts";
import { explainAwsFailure } from "./aws-failure.ts";

const lookBackMs = 15 * 60_000;

/** Free storage of an instance, bytes, by CloudWatch's newest figure; undefined if there is no recent one. */
export async function freeStorageBytes(access: AwsAccess, instance: string): Promise<number | undefined> {
  const sdk = await loadSdk("@aws-sdk/client-cloudwatch", () => import("@aws-sdk/client-cloudwatch"));
  const client = new sdk.CloudWatchClient({
    ...(await awsClientConfiguration(access, "cloudwatch")),
    // A network without access to CloudWatch must not delay a deployment that does not need the figure.
    maxAttempts: 2,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true, connectionTimeout: 3000 },
  });
  try {
    const now = Date.now();
    const { Datapoints = [] } = await client.send(
      new sdk.GetMetricStatisticsCommand({
        Namespace: "AWS/RDS",
        MetricName: "FreeStorageSpace",
        Dimensions: [{ Name: "DBInstanceIdentifier", Value: instance }],
        StartTime: new Date(now - lookBackMs),
        EndTime: new Date(now),
        Period: 60,
        Statistics: ["Minimum"],
      }),
    );
    const newest = Datapoints.sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0];
    return newest?.Minimum;
  } catch (error) {
    throw explainAwsFailure(error);
  } finally {
    client.destroy();
  }
}
