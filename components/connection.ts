import * as pulumi from "@pulumi/pulumi";
import { type Connection, withVisibleGaps } from "../engine/index.ts";

/** How to reach the database: `Connection`, where every member may be an output of another resource. */
export type ConnectionArgs = { [Member in keyof Connection]: pulumi.Input<Connection[Member]> };

/**
 * A connection as it is handed to resources: secret as a whole, since it may hold a password in two of its
 * members, so that state keeps it encrypted and the display hides it. A member without a value is refused later, by the
 * provider, which is not handed members that are undefined.
 */
export function secretConnection(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<Connection> {
  return pulumi.secret(pulumi.output(connection).apply(withVisibleGaps));
}
