import { type Dimension, PutMetricDataCommand, type StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../aws.ts";

/** A metric as RDS would report it to CloudWatch. */
export interface Metric {
  /** Identifier of the instance. */
  instance?: string;
  /** Identifier of the cluster. */
  cluster?: string;
  /** `FreeStorageSpace`, `FreeLocalStorage`, ... */
  name: string;
  value: number;
  /** Default: bytes. */
  unit?: StandardUnit;
  /** Default: now. */
  time?: Date;
}

/** Puts a value of an RDS metric into CloudWatch, which has none in moto. */
export async function putMetric(
  aws: Aws,
  { instance, cluster, name, value, unit = "Bytes", time = new Date() }: Metric,
): Promise<void> {
  const dimensions: Dimension[] = [];
  if (instance !== undefined) dimensions.push({ Name: "DBInstanceIdentifier", Value: instance });
  if (cluster !== undefined) dimensions.push({ Name: "DBClusterIdentifier", Value: cluster });
  await aws.cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: "AWS/RDS",
      MetricData: [{ MetricName: name, Value: value, Unit: unit, Timestamp: time, Dimensions: dimensions }],
    }),
  );
}
