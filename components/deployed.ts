import * as pulumi from "@pulumi/pulumi";

/**
 * Resolves when resources are deployed. In a preview that is yet to create one of them it is not known. What the
 * program does by itself, such as connecting to a database, waits for it, as resources wait for their `dependsOn`.
 */
export function deployed(dependsOn: pulumi.ResourceOptions["dependsOn"]): pulumi.Output<boolean> {
  return pulumi
    .output(dependsOn ?? [])
    .apply((resources) => pulumi.all([resources].flat().map(isDeployed)))
    .apply(() => true);
}

/** A component is deployed when the resources in it are; some are created only after something was looked at. */
function isDeployed(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  const component = resource as { __data?: Promise<unknown>; __childResources?: Iterable<pulumi.Resource> };
  return pulumi
    .output((component.__data ?? Promise.resolve()).then(() => true))
    .apply(() => pulumi.all([...(component.__childResources ?? [])].map(isDeployed)));
}
