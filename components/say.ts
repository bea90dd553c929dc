import * as pulumi from "@pulumi/pulumi";
import { printable } from "../engine/foreign-text.ts";

/**
 * Shows a message on the row of a component, once there is one. Pulumi shows one message after the other: one for a
 * component that is still waiting for others would hold back all later ones.
 */
export function say(
  component: pulumi.ComponentResource,
  message: string,
  severity: "info" | "warn" = "info",
): void {
  component.urn.apply(() => void pulumi.log[severity](printable(message), component));
}
