import * as pulumi from "@pulumi/pulumi";
import type { RdsSource } from "../engine/index.ts";

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

/** Which of the two it is, known before the deployment; its identifier may not be. */
export function rdsSourceOf({ instance, cluster }: RdsSourceArgs): {
  kind: RdsSource["kind"];
  source: pulumi.Output<RdsSource>;
} {
  if (cluster !== undefined) {
    const identifier = isResource(cluster) ? cluster.clusterIdentifier : cluster;
    return { kind: "cluster", source: sourceOf("cluster", identifier) };
  }
  const identifier = isResource(instance) ? instance.identifier : instance;
  return { kind: "instance", source: sourceOf("instance", identifier) };
}

function isResource<Resource extends object>(given: Resource | pulumi.Input<string>): given is Resource {
  return pulumi.Resource.isInstance(given);
}

/** AWS keeps identifiers in lowercase, however they were written. */
function sourceOf(kind: RdsSource["kind"], identifier: pulumi.Input<string>): pulumi.Output<RdsSource> {
  return pulumi.output(identifier).apply((name) => ({ kind, identifier: name.toLowerCase() }));
}
