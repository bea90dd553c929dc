import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import { Empty, grpc } from "./grpc.ts";
import { functionHandlers } from "./function-handlers.ts";
import type { Plugin } from "./provider.ts";
import { propertiesOf } from "./property-message.ts";
import { resourceHandlers } from "./resource-handlers.ts";
import { plainProperties } from "./secret-value.ts";
import { type Handler, unary } from "./unary.ts";

const parentCheckMs = 500;

/** Serves a provider plugin to the engine that started this process, and prints the port. */
export function serve(plugin: Plugin): void {
  const cancelled = new AbortController();
  const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
  server.addService(providerService.ResourceProviderService, {
    ...configurationHandlers(plugin),
    ...resourceHandlers(plugin, cancelled.signal),
    ...functionHandlers(plugin, cancelled.signal),
    cancel: unary(() => {
      cancelled.abort();
      return new Empty();
    }),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) throw error;
    process.stdout.write(`${port}\n`);
  });
  endWithEngine(cancelled);
}

function configurationHandlers(plugin: Plugin): Record<string, Handler> {
  const unimplemented: Handler = (_, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: "" });
  return {
    handshake: unimplemented,
    parameterize: unimplemented,
    getSchema: unimplemented,
    getMapping: unimplemented,
    getMappings: unimplemented,
    call: unimplemented,
    construct: unimplemented,
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => {
      const info = new pluginMessages.PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),
    checkConfig: unary((request: InstanceType<typeof messages.CheckRequest>) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => new messages.DiffResponse()),
    configure: unary((request: InstanceType<typeof messages.ConfigureRequest>) => {
      plugin.configure?.(plainProperties(propertiesOf(request.getArgs())));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
  };
}

/** The engine ends plugins by a signal; one that was killed leaves them behind. */
function endWithEngine(cancelled: AbortController): void {
  const end = (): void => {
    cancelled.abort();
    // Children that are killed by the abortion are killed before this.
    setImmediate(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) end();
  }, parentCheckMs).unref();
}
