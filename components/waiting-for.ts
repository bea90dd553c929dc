import * as pulumi from "@pulumi/pulumi";

/**
 * What the first resource in a component waits for: the resource that comes before it, such as the preflight, which may
 * create the database; and what the component waits for.
 */
export function waitingFor(
  before: pulumi.Resource | undefined,
  dependsOn: pulumi.ResourceOptions["dependsOn"],
): pulumi.ResourceOptions["dependsOn"] {
  return pulumi.mergeOptions({ dependsOn: before }, { dependsOn }).dependsOn;
}
