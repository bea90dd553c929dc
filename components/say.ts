import * as pulumi from "@pulumi/pulumi";
import { printable } from "../engine/foreign-text.ts";

/**
 * Says something on the row of a component, once there is one. Pulumi says one thing after the other: what is meant
 * for a component that is still waiting for others would hold back everything that is said after it.
 */
export function say(
  component: pulumi.ComponentResource,
  message: string,
  severity: "info" | "warn" = "info",
): void {
  component.urn.apply(() => void pulumi.log[severity](printable(message), component));
}
