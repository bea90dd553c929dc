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
 * Opens a client, whose package is loaded on first use, and which tries each call so often. Rejects with an `AwsError`
 * where there is no such package.
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
    // What stands in for S3 has no names of its own for buckets.
    ...(standsIn === undefined ? {} : { forcePathStyle: true }),
  });
  return { client, sdk, close: () => client.destroy() };
}

/** Waits for calls of the SDK. Rejects with an `AwsError` that says what to do. */
export async function explained<Result>(call: Promise<Result>): Promise<Result> {
  return call.catch((error: unknown) => {
    throw explainAwsFailure(error);
  });
}

/** As `explained`, but undefined where S3 says that there is no such object or bucket. */
export async function unlessMissing<Result>(call: Promise<Result>): Promise<Result | undefined> {
  return call.catch((error: unknown) => {
    if (/^(NotFound|NoSuchKey|NoSuchBucket|404)$/.test(nameOfFailure(error))) return undefined;
    throw explainAwsFailure(error);
  });
}
