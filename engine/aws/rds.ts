import type { AwsAccess } from "./access.ts";
import { awsClientConfiguration, loadSdk } from "./client-configuration.ts";
import { AwsError } from "./aws-error.ts";
import { RdsConnection } from "./rds-connection.ts";
import { type Rds } from "./rds-access.ts";
import { explainAwsFailure, nameOfFailure } from "./aws-failure.ts";

/** The source of a snapshot: one instance, or an Aurora or Multi-AZ cluster. */
export interface RdsSource {
  kind: "cluster" | "instance";
  identifier: string;
}

/** Limits for calls to RDS. */
export interface Patience {
  /** Number of attempts for a call, throttling and lost connections included. Default: 6. */
  attempts?: number;
  /** Time limit of one attempt, milliseconds. Default: 20000. */
  requestTimeoutMs?: number;
}

/** Opens a client for a few calls, passes it to `use`, and closes it. Rejects with an `AwsError`. */
export async function withRds<Result>(
  access: AwsAccess,
  use: (rds: Rds) => Promise<Result>,
  { attempts = 6, requestTimeoutMs = 20_000 }: Patience = {},
): Promise<Result> {
  const sdk = await loadSdk("@aws-sdk/client-rds", () => import("@aws-sdk/client-rds"));
  const client = new sdk.RDSClient({
    ...(await awsClientConfiguration(access, "rds")),
    maxAttempts: attempts,
    requestHandler: {
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      connectionTimeout: Math.min(requestTimeoutMs, 5000),
    },
  });
  try {
    return await use(new RdsConnection(client, sdk, await client.config.region()));
  } catch (error) {
    throw explainAwsFailure(error);
  } finally {
    client.destroy();
  }
}

/** Resolves to undefined if AWS reports that the object does not exist. */
export async function unlessNotFound<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (nameOfFailure(error).includes("NotFound")) return undefined;
    throw error;
  }
}

/** True if a failed call may succeed when it is repeated: throttling, a lost connection, a fault at AWS. */
export function isTransient(error: unknown): boolean {
  return error instanceof AwsError && error.code === "AWS_UNAVAILABLE";
}
