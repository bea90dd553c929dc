import type messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "./grpc.ts";
import type { Properties } from "./provider.ts";

type Message = NonNullable<ReturnType<InstanceType<typeof messages.CheckRequest>["getNews"]>>;

/** The properties that a message holds. */
export function propertiesOf(message: Message | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

/** A message that holds properties; those that are undefined are left out. */
export function struct(properties: Properties): Message {
  const defined = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Struct.fromJavaScript(Object.fromEntries(defined));
}
