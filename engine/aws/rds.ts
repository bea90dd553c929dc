import type { RDSClient } from "@aws-sdk/client-rds";
import { type AwsAccess, clientConfiguration, loadSdk } from "./access.ts";
import { AwsError } from "./aws-error.ts";

/** What a snapshot is taken of: one instance, or an Aurora or Multi-AZ cluster. */
export interface RdsSource {
  kind: "cluster" | "instance";
  identifier: string;
}

/** A call to RDS: the SDK's client and its package, which is loaded on first use. */
export interface Rds {
  readonly client: RDSClient;
  readonly sdk: typeof import("@aws-sdk/client-rds");
}

/** How patiently RDS is asked. */
export interface Patience {
  /** How often a call is tried, throttling and lost connections included. Default: 6. */
  attempts?: number;
  /** How long one attempt may last, milliseconds. Default: 20000. */
  requestTimeoutMs?: number;
}

/** Opens a client for a few calls, hands it to `use`, and closes it. Rejects with an `AwsError`. */
export async function withRds<Result>(
  access: AwsAccess,
  use: (rds: Rds) => Promise<Result>,
  { attempts = 6, requestTimeoutMs = 20_000 }: Patience = {},
): Promise<Result> {
  const sdk = await loadSdk("@aws-sdk/client-rds", () => import("@aws-sdk/client-rds"));
  const client = new sdk.RDSClient({
    ...(await clientConfiguration(access, "rds")),
    maxAttempts: attempts,
    requestHandler: {
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      connectionTimeout: Math.min(requestTimeoutMs, 5000),
    },
  });
  try {
    return await use({ client, sdk });
  } catch (error) {
    throw explained(error);
  } finally {
    client.destroy();
  }
}

/** Gives undefined where AWS says that there is no such thing. */
export async function unlessNotFound<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (nameOf(error).includes("NotFound")) return undefined;
    throw error;
  }
}

/** Whether a failed call may well succeed when it is made again: throttling, a lost connection, a fault at AWS. */
export function isTransient(error: unknown): boolean {
  return error instanceof AwsError && error.code === "AWS_UNAVAILABLE";
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AwsError) return error;
  const name = nameOf(error);
  const said = `${name}: ${error.message}`;
  if (
    /Expired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|Credentials|InvalidToken/i.test(
      name,
    )
  )
    return new AwsError(
      "AWS_CREDENTIALS_REFUSED",
      `AWS does not accept the credentials (${said}). Renew them, and run the same command again.`,
      { cause: error },
    );
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name))
    return new AwsError(
      "AWS_ACCESS_DENIED",
      `AWS refuses the call (${said}). docs/permissions.md lists what the role of the deployment has to be allowed.`,
      { cause: error },
    );
  if (isTransientFailure(error))
    return new AwsError("AWS_UNAVAILABLE", `AWS cannot be reached or is overloaded (${said}).`, {
      cause: error,
    });
  // A defect of ours, such as a TypeError, keeps its stack.
  if (!("$metadata" in error) && !error.message.includes("Region is missing")) return error;
  return new AwsError("AWS_CALL_FAILED", `AWS refuses the call (${said}).`, { cause: error });
}

function isTransientFailure(error: Error): boolean {
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: string };
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    status >= 500 ||
    status === 429 ||
    /Throttl|TooManyRequests|RequestLimit|Timeout/i.test(nameOf(error)) ||
    /^E(CONN|PIPE|NOTFOUND|AI_AGAIN|HOST|NET|TIMEDOUT)/.test(code ?? "")
  );
}

function nameOf(error: unknown): string {
  const { name, Code } = error as { name?: string; Code?: string };
  return Code ?? name ?? "";
}
