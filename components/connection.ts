import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type Connection, withVisibleGaps } from "../engine/index.ts";
import { input, optionsOf, requireOptions, type Schemas } from "./given-options.ts";

/** How to reach the database: `Connection`, where every member may be an output of another resource. */
export type ConnectionArgs = { [Member in keyof Connection]: pulumi.Input<Connection[Member]> };

/** A member without a value is refused later, by name, wherever the value comes from. */
const part = z.unknown().optional();

const connectionSchemas: Schemas<ConnectionArgs> = {
  ...{ host: part, port: part, database: part, user: part, password: part, passwordVariable: part },
  ...{ url: part, urlVariable: part, schema: part, connectTimeoutSeconds: part, options: part },
  ...{ tls: part, tlsCa: part, tlsCaFile: part, tlsServerName: part },
};

/** How a connection is read. */
export const connectionSchema = optionsOf(connectionSchemas);

/** A connection that has to be given. */
export const requiredConnection = input(connectionSchema);

/**
 * A connection as it is handed to resources: secret as a whole, since it may hold a password in two of its
 * members, so that state keeps it encrypted and the display hides it. A member without a value is refused later, by the
 * provider, which is not handed members that are undefined.
 */
export function secretConnection(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<Connection> {
  return pulumi.secret(
    pulumi.output(connection).apply((given) => {
      requireOptions("the connection", connectionSchema, given);
      return withVisibleGaps(given);
    }),
  );
}
