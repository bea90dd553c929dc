import { randomInt } from "node:crypto";
import type { TestContext } from "node:test";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import type { Call } from "./call.ts";
import { answerAccountQuotas } from "./faults/account-quotas.ts";
import { refuseSnapshotsOfMembers } from "./faults/database-state.ts";
import { startSnapshotsAsCreating } from "./faults/snapshot-creation.ts";
import type { CallFilter, Interception, Outcome } from "./interception.ts";
import { AwsProxy } from "./proxy.ts";

/** An AWS account of one test, with injectable faults. */
export interface Aws {
  /** Address of the API. */
  endpoint: string;
  accountId: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Makes a process use the account, and ignore the machine's own configuration. */
  environment: Record<string, string>;
  /** The calls so far, in order, from all callers; of one operation only, if it is given. */
  calls(action?: string): Call[];
  /** Changes the outcome of calls. A later interception takes precedence over an earlier one. */
  intercept(filter: CallFilter, outcome: Outcome): Interception;
  /** Clients for the test's own use. */
  rds: RDSClient;
  s3: S3Client;
  cloudWatch: CloudWatchClient;
}

const region = "eu-central-1";
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "a-secret-key-of-the-tests" };

/** Creates an empty AWS account for one test. moto serves it, and it ends with the test. */
export async function createAws(t: Pick<TestContext, "after">): Promise<Aws> {
  const accountId = String(randomInt(100_000_000_000, 281_474_976_710_655)).slice(0, 12);
  const proxy = new AwsProxy({ target: motoEndpoint(), accountId });
  const endpoint = await proxy.start();
  t.after(() => proxy.stop());
  const configuration = { endpoint, region, credentials };
  const aws: Aws = {
    endpoint,
    accountId,
    region,
    credentials,
    environment: environmentOf(endpoint),
    calls: (action) => proxy.calls.filter((call) => action === undefined || call.action === action),
    intercept: (filter, outcome) => proxy.intercept(filter, outcome),
    rds: new RDSClient(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    cloudWatch: new CloudWatchClient(configuration),
  };
  t.after(() => [aws.rds, aws.s3, aws.cloudWatch].forEach((client) => client.destroy()));
  startSnapshotsAsCreating(aws);
  answerAccountQuotas(aws);
  refuseSnapshotsOfMembers(aws);
  return aws;
}

function motoEndpoint(): string {
  const endpoint = process.env["TEST_MOTO_ENDPOINT"];
  if (endpoint !== undefined) return endpoint;
  throw new Error(
    "TEST_MOTO_ENDPOINT is not set: this test needs the AWS API of test/servers.ts. Run " +
      "`npm run test:integration`, or give `node --test` the option --test-global-setup=test/servers.ts.",
  );
}

function environmentOf(endpoint: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
}
