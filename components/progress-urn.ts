import type * as pulumi from "@pulumi/pulumi";
import { settled } from "./settled.ts";

/**
 * The name by which children report on the row of their component. Passed as a promise: as an output it would make the
 * children depend on the component, and so on one another.
 */
export async function progressUrn(component: pulumi.ComponentResource): Promise<string> {
  const urn = await settled(component.urn);
  return urn.known ? urn.value : "";
}
