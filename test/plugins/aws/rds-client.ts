import * as rds from "@aws-sdk/client-rds";

type Send = rds.RDSClient["send"];
type Command = Parameters<Send>[0];

/** A call of AWS that failed, in the words of the real provider, which is written in Go. */
export class AwsCallError extends Error {
  /** The name of the error's type: `DBSnapshotNotFoundFault`. */
  readonly fault: string;

  constructor(error: rds.RDSServiceException, operation: string) {
    const { code, requestId } = detailsOf(error);
    const api = error.name in rds ? "" : "api error ";
    super(
      `operation error RDS: ${operation}, https response error StatusCode: ${error.$metadata.httpStatusCode ?? 0}, ` +
        `RequestID: ${requestId}, ${api}${code}: ${error.message}`,
      { cause: error },
    );
    this.fault = error.name;
  }
}

let client: rds.RDSClient | undefined;
let settings: rds.RDSClientConfig = {};

/** Takes over the provider's configuration; values that are no strings come as JSON. */
export function configureClient(configuration: Record<string, unknown>): void {
  const { region, accessKey, secretKey, token, profile, endpoints } = configuration as Record<string, string>;
  const [services] = JSON.parse(endpoints ?? "[]") as { rds?: string }[];
  settings = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(services?.rds === undefined ? {} : { endpoint: services.rds }),
    ...(accessKey === undefined || secretKey === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: accessKey,
            secretAccessKey: secretKey,
            ...(token === undefined ? {} : { sessionToken: token }),
          },
        }),
  };
}

/** The region in which resources are. */
export async function regionOfClient(): Promise<string> {
  return rdsClient().config.region();
}

/** Makes a call. Rejects with an `AwsCallError` where AWS answers with an error. */
export async function call<Output>(command: object, signal: AbortSignal): Promise<Output> {
  const operation = command.constructor.name.replace(/Command$/, "");
  try {
    return (await rdsClient().send(command as Command, { abortSignal: signal })) as Output;
  } catch (error) {
    if (signal.aborted)
      throw new Error(`operation error RDS: ${operation}, canceled, context canceled`, { cause: error });
    if (!(error instanceof rds.RDSServiceException))
      throw new Error(`operation error RDS: ${operation}, request send failed: ${String(error)}`, {
        cause: error,
      });
    throw new AwsCallError(error, operation);
  }
}

/** Gives undefined where a call fails with a fault. */
export async function unless<Result>(fault: string, result: Promise<Result>): Promise<Result | undefined> {
  return result.catch((error: unknown) => {
    if (error instanceof AwsCallError && error.fault === fault) return undefined;
    throw error;
  });
}

function rdsClient(): rds.RDSClient {
  // The real provider repeats calls as often.
  return (client ??= new rds.RDSClient({ maxAttempts: 25, ...settings }));
}

function detailsOf(error: object): { code: string; requestId: string } {
  const { name, Code, RequestId } = error as { name?: string; Code?: string; RequestId?: string };
  return { code: Code ?? name ?? "Unknown", requestId: RequestId ?? "" };
}
