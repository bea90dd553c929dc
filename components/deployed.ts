import * as pulumi from "@pulumi/pulumi";

/**
 * Resolves when resources are deployed. In a preview that has yet to create one of them, the result is unknown. The
 * program's own work, such as connecting to a database, waits for it, as resources wait for their `dependsOn`.
 */
export function deployed(dependsOn: pulumi.ResourceOptions["dependsOn"]): pulumi.Output<boolean> {
  return pulumi
    .output(dependsOn ?? [])
    .apply((resources) => pulumi.all([resources].flat().map(isDeployed)))
    .apply(() => true);
}

/** A component is deployed when the resources in it are; some are created only after an inspection. */
function isDeployed(resource: pulumi.Resource): pulumi.Output<unknown> {
  if (pulumi.CustomResource.isInstance(resource)) return resource.id;
  const component = resource as { __data?: Promise<unknown>; __childResources?: Iterable<pulumi.Resource> };
  return pulumi
    .output((component.__data ?? Promise.resolve()).then(() => true))
    .apply(() => pulumi.all([...(component.__childResources ?? [])].map(isDeployed)));
}
