import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import { grpc } from "./grpc.ts";

let client: InstanceType<typeof engineService.EngineClient> | undefined;

/** Shows a line on the row of a resource, until the next one comes. */
export function logStatus(urn: string, message: string): void {
  // The engine passes its address to a plugin as the last argument.
  const address = process.argv.at(-1) ?? "";
  client ??= new engineService.EngineClient(address, grpc.credentials.createInsecure());
  const request = new engineMessages.LogRequest();
  request.setSeverity(engineMessages.LogSeverity.INFO);
  request.setUrn(urn);
  request.setMessage(message);
  request.setEphemeral(true);
  client.log(request, () => undefined);
}
