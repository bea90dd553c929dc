import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { propertiesOf, struct } from "./property-message.ts";
import type { Plugin } from "./provider.ts";
import { holdsSecret, plainProperties, withSecrets } from "./secret-value.ts";
import { type Handler, unary } from "./unary.ts";

/** Serves the functions of a plugin. */
export function functionHandlers(plugin: Plugin, signal: AbortSignal): Record<string, Handler> {
  return {
    invoke: unary(async (request: InstanceType<typeof messages.InvokeRequest>) => {
      const token = request.getTok();
      const run = plugin.functions[token];
      if (run === undefined) throw new Error(`The stand-in has no function ${token}.`);
      const args = propertiesOf(request.getArgs());
      const outputs = await run(plainProperties(args), signal);
      const response = new messages.InvokeResponse();
      const marked = withSecrets(outputs, args, { all: holdsSecret(args) });
      response.setReturn(struct(marked));
      return response;
    }),
  };
}
