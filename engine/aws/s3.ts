import type { S3Client } from "@aws-sdk/client-s3";
import type { AwsAccess } from "./access.ts";
import { awsClientConfiguration, loadSdk } from "./client-configuration.ts";
import { explainAwsFailure, nameOfFailure } from "./aws-failure.ts";

/** An open client of S3. */
export interface S3 {
  readonly client: S3Client;
  readonly sdk: typeof import("@aws-sdk/client-s3");
  close(): void;
}

/**
 * Opens a client that tries each call this many times. Its package is loaded on first use. Rejects with an `AwsError`
 * if the package is missing.
 */
export async function openS3(access: AwsAccess, attempts = 6): Promise<S3> {
  const sdk = await loadSdk("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));
  const configuration = await awsClientConfiguration(access, "s3");
  const standsIn =
    configuration.endpoint ?? process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
  const client = new sdk.S3Client({
    ...configuration,
    maxAttempts: attempts,
    requestHandler: { connectionTimeout: 5000 },
    followRegionRedirects: true,
    // A replacement of S3 has no host names for buckets.
    ...(standsIn === undefined ? {} : { forcePathStyle: true }),
  });
  return { client, sdk, close: () => client.destroy() };
}

/** Waits for calls of the SDK. Rejects with an `AwsError` that names the remedy. */
export async function explained<Result>(call: Promise<Result>): Promise<Result> {
  return call.catch((error: unknown) => {
    throw explainAwsFailure(error);
  });
}

/** Like `explained`, but resolves to undefined if S3 reports that the object or bucket does not exist. */
export async function unlessMissing<Result>(call: Promise<Result>): Promise<Result | undefined> {
  return call.catch((error: unknown) => {
    if (/^(NotFound|NoSuchKey|NoSuchBucket|404)$/.test(nameOfFailure(error))) return undefined;
    throw explainAwsFailure(error);
  });
}
