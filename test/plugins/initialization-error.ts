import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import statusMessages from "@pulumi/pulumi/proto/status_pb.js";
import { Any, grpc } from "./grpc.ts";
import { struct } from "./property-message.ts";
import { InitializationError, type Properties } from "./provider.ts";

/** An error as gRPC carries it; the engine keeps a resource whose creation ended with an `InitializationError`. */
export function grpcError(error: unknown, mark: (outputs: Properties) => Properties): object {
  const message = error instanceof Error ? error.message : String(error);
  const failure = { code: grpc.status.UNKNOWN, details: message };
  if (!(error instanceof InitializationError)) return failure;
  const detail = new providerMessages.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setReasonsList([message]);
  detail.setProperties(struct(mark(error.outputs)));
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusMessages.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed as Parameters<typeof status.addDetails>[0]);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { ...failure, metadata };
}
