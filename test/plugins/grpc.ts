import { createRequire } from "node:module";

type EngineClient = typeof import("@pulumi/pulumi/proto/engine_grpc_pb.js").EngineClient;

interface Grpc {
  Server: new (options: object) => {
    addService(service: object, handlers: object): void;
    bindAsync(
      address: string,
      credentials: unknown,
      bound: (error: Error | null, port: number) => void,
    ): void;
    forceShutdown(): void;
  };
  ServerCredentials: { createInsecure(): unknown };
  Metadata: new () => { add(key: string, value: Buffer): void };
  credentials: { createInsecure(): ConstructorParameters<EngineClient>[1] };
  status: { UNIMPLEMENTED: number; UNKNOWN: number };
}

interface AnyMessage {
  Any: new () => { pack(bytes: Uint8Array, name: string): void };
}

interface StructMessage {
  Struct: { fromJavaScript(properties: object): Struct };
}

type Struct = NonNullable<ReturnType<ConfigureRequest["getArgs"]>>;
type ConfigureRequest = InstanceType<typeof import("@pulumi/pulumi/proto/provider_pb.js").ConfigureRequest>;

interface EmptyMessage {
  Empty: new () => object;
}

// All of them are Pulumi's own dependencies: messages made with another copy are refused.
const fromPulumi = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));

/** gRPC, as far as it is needed here. */
export const grpc = fromPulumi("@grpc/grpc-js") as Grpc;

/** A message of any type. */
export const { Any } = fromPulumi("google-protobuf/google/protobuf/any_pb.js") as AnyMessage;

/** Messages without content. */
export const { Empty } = fromPulumi("google-protobuf/google/protobuf/empty_pb.js") as EmptyMessage;

/** Messages that hold properties. */
export const { Struct } = fromPulumi("google-protobuf/google/protobuf/struct_pb.js") as StructMessage;
