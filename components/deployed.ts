import * as pulumi from "@pulumi/pulumi";

/**
 * Resolves when resources are deployed. In a preview that is yet to create one of them it is not known. What the
 * program does by itself, such as connecting to a database, waits for it, as resources wait for their `dependsOn`.
 */
export function deployed(dependsOn: pulumi.ResourceOptions["dependsOn"]): pulumi.Output<boolean> {
  return pulumi
    .output(dependsOn ?? [])
    .apply((resources) => pulumi.all([resources].flat().flatMap(idsOf)))
    .apply(() => true);
}

/** A component is deployed when the resources in it are. */
function idsOf(resource: pulumi.Resource): pulumi.Output<string>[] {
  if (pulumi.CustomResource.isInstance(resource)) return [resource.id];
  const { __childResources: children = [] } = resource as { __childResources?: Iterable<pulumi.Resource> };
  return [...children].flatMap(idsOf);
}
