import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { RdsSource } from "../engine/index.ts";
import { type Schemas } from "./given-options.ts";
import { deployed } from "./deployed.ts";

/** An instance or a cluster of RDS: its identifier, or the `aws.rds.Instance` or `aws.rds.Cluster` itself. */
export type RdsSourceArgs =
  | {
      /** An instance. A change takes effect with the next backup. */
      instance: pulumi.Input<string> | { identifier: pulumi.Output<string> };
      cluster?: undefined;
    }
  | {
      /** An Aurora or Multi-AZ cluster. A change takes effect with the next backup. */
      cluster: pulumi.Input<string> | { clusterIdentifier: pulumi.Output<string> };
      instance?: undefined;
    };

/** An identifier, or the resource itself. */
const source = z.custom(
  (given) => (typeof given === "string" && given !== "") || (typeof given === "object" && given !== null),
  "give an identifier, or the resource of @pulumi/aws",
);

/** Schema of the source. @internal */
export const rdsSourceSchemas: Schemas<RdsSourceArgs> = {
  instance: source.optional(),
  cluster: source.optional(),
};

/** Throws a `RunError` unless exactly one of the two is given. */
export function requireOneSource(component: string, { instance, cluster }: RdsSourceArgs): void {
  if ((instance === undefined) !== (cluster === undefined)) return;
  const problem =
    instance === undefined ? "give one of instance, cluster" : "instance and cluster exclude each other";
  throw new pulumi.RunError(`The arguments of ${component} cannot be used. Nothing was done:\n  ${problem}`);
}

/**
 * The given one of the two, known before the deployment; its identifier may not be. In a preview that has yet to create
 * the instance, or another resource that it depends on, the source is unknown: AWS knows nothing of it yet.
 */
export function rdsSourceOf(
  { instance, cluster }: RdsSourceArgs,
  dependsOn?: pulumi.ResourceOptions["dependsOn"],
): { kind: RdsSource["kind"]; source: pulumi.Output<RdsSource> } {
  if (cluster !== undefined) {
    const identifier = isResource(cluster) ? cluster.clusterIdentifier : cluster;
    return { kind: "cluster", source: sourceOf("cluster", identifier, [cluster, dependsOn]) };
  }
  const identifier = isResource(instance) ? instance.identifier : instance;
  return { kind: "instance", source: sourceOf("instance", identifier, [instance, dependsOn]) };
}

function isResource<Resource extends object>(given: Resource | pulumi.Input<string>): given is Resource {
  return typeof given === "object" && !pulumi.Output.isInstance(given) && !("then" in given);
}

/** AWS keeps identifiers in lowercase, however they were written. */
function sourceOf(
  kind: RdsSource["kind"],
  identifier: pulumi.Input<string>,
  [source, dependsOn]: [source: unknown, dependsOn: pulumi.ResourceOptions["dependsOn"]],
): pulumi.Output<RdsSource> {
  const itself = pulumi.Resource.isInstance(source) ? [source] : [];
  return (
    pulumi
      .all([identifier, deployed(itself), deployed(dependsOn)])
      // Mocks of users may give no identifier.
      .apply(([name = ""]: [string?, ...unknown[]]) => ({ kind, identifier: name.toLowerCase() }))
  );
}
