import { createRequire } from "node:module";
import { printable } from "../engine/foreign-text.ts";

/** Reports on a resource in progress. A `status` is shown until the next one; a `note` stays. */
export interface Progress {
  status: (message: string) => void;
  note: (message: string) => void;
}

interface EngineClient {
  log(request: object, callback: () => void): void;
}

const statusIntervalMs = 500;

let client: EngineClient | undefined;

/**
 * Reports on the row of a resource, from inside a provider. The engine does not give a provider the name of its own
 * resource, so the component that owns the resource passes its URN.
 */
export function progressOf(urn: unknown): Progress {
  if (typeof urn !== "string") return { status: () => undefined, note: () => undefined };
  const throttled = throttle((message) => log({ urn, message, ephemeral: true }));
  return {
    status: throttled.send,
    note: (message) => {
      // A status that was held back is out of date by now.
      throttled.drop();
      log({ urn, message, ephemeral: false });
    },
  };
}

/** At most one message in the interval, and always the newest: a run can pass a hundred migrations in a second. */
function throttle(send: (message: string) => void): { send: (message: string) => void; drop: () => void } {
  let newest: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    timer = newest === undefined ? undefined : setTimeout(flush, statusIntervalMs).unref();
    if (newest !== undefined) send(newest);
    newest = undefined;
  };
  return {
    send: (message) => {
      newest = message;
      if (timer === undefined) flush();
    },
    drop: () => {
      newest = undefined;
    },
  };
}

function log({ urn, message, ephemeral }: { urn: string; message: string; ephemeral: boolean }): void {
  // The engine passes its address to a provider as the last argument.
  const address = process.argv.at(-1);
  if (address === undefined) return;
  // Both are taken from Pulumi's own dependencies: a client made with another copy of gRPC is refused.
  const fromPulumi = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  const { LogRequest, LogSeverity } = fromPulumi("./proto/engine_pb") as EngineProtocol;
  client ??= connectTo(address, fromPulumi);
  const request = new LogRequest();
  request.setSeverity(LogSeverity.INFO);
  request.setUrn(urn);
  request.setMessage(printable(message));
  request.setEphemeral(ephemeral);
  client.log(request, () => undefined);
}

function connectTo(address: string, fromPulumi: NodeJS.Require): EngineClient {
  const { EngineClient } = fromPulumi("./proto/engine_grpc_pb") as {
    EngineClient: new (address: string, credentials: unknown) => EngineClient;
  };
  const { credentials } = fromPulumi("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  return new EngineClient(address, credentials.createInsecure());
}

interface EngineProtocol {
  LogSeverity: { INFO: number };
  LogRequest: new () => {
    setSeverity(severity: number): void;
    setUrn(urn: string): void;
    setMessage(message: string): void;
    setEphemeral(ephemeral: boolean): void;
  };
}
