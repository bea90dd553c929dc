import * as pulumi from "@pulumi/pulumi";
import type { RdsSource } from "../engine/index.ts";
import { deployed } from "./deployed.ts";

/** An instance or a cluster of RDS: its identifier, or the `aws.rds.Instance` or `aws.rds.Cluster` itself. */
export type RdsSourceArgs =
  | {
      /** An instance. Changing it takes effect with the next backup. */
      instance: pulumi.Input<string> | { identifier: pulumi.Output<string> };
      cluster?: undefined;
    }
  | {
      /** An Aurora or Multi-AZ cluster. Changing it takes effect with the next backup. */
      cluster: pulumi.Input<string> | { clusterIdentifier: pulumi.Output<string> };
      instance?: undefined;
    };

/**
 * Which of the two it is, known before the deployment; its identifier may not be. In a preview that is yet to create
 * the instance, or what else has to be there first, the source is not known: AWS could not tell anything of it.
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
  return pulumi
    .all([identifier, deployed(itself), deployed(dependsOn)])
    .apply(([name]) => ({ kind, identifier: name.toLowerCase() }));
}
