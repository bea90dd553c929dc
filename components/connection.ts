import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type Connection, withVisibleGaps } from "../engine/index.ts";
import { deployed } from "./deployed.ts";
import { input, only, optionsOf, requireOptions, type Schemas } from "./given-options.ts";

/** How to reach the database: `Connection`, where every member may be an output of another resource. */
export type ConnectionArgs = { [Member in keyof Connection]: pulumi.Input<Connection[Member]> };

/** A missing value is refused later, by name, wherever it comes from. */
const part = z.unknown().optional();

const connectionSchemas: Schemas<ConnectionArgs> = {
  ...{ host: part, port: part, database: part, user: part, password: part, passwordVariable: part },
  ...{ url: part, urlVariable: part, schema: part, connectTimeoutSeconds: part, options: part },
  ...{ tls: part, tlsCa: part, tlsCaFile: part, tlsServerName: part },
};

/** Schema of a connection. @internal */
export const connectionSchema = optionsOf(connectionSchemas);

/** A connection that must be given. @internal */
export const requiredConnection = input(connectionSchema);

/**
 * A connection for resources. It is secret as a whole, because two of its members may hold a password: state keeps it
 * encrypted and the display hides it. The provider refuses a member without a value, since it does not receive
 * undefined members. In a preview the connection is unknown until the resources of its outputs exist: the name of a
 * database may be known before the database is there.
 */
export function secretConnection(connection: pulumi.Input<ConnectionArgs>): pulumi.Output<Connection> {
  const whole = pulumi.output(connection);
  return pulumi.secret(
    pulumi.all([whole, deployed(resourcesOf(whole))]).apply(([given]) => {
      requireOptions("the connection", connectionSchema, given);
      return withVisibleGaps(only<Connection>(connectionSchemas, given));
    }),
  );
}

/**
 * The resources that an output comes from. Omits components: one may be waiting for a resource that is made with the
 * output.
 */
async function resourcesOf(output: pulumi.Output<unknown>): Promise<pulumi.Resource[]> {
  const { allResources } = output as { allResources?: () => Promise<Set<pulumi.Resource>> };
  const resources = (await allResources?.call(output)) ?? new Set<pulumi.Resource>();
  return [...resources].filter((resource) => pulumi.CustomResource.isInstance(resource));
}
