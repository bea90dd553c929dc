import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./mocks.ts";

/** Names this deployment: each one has its own process. */
const thisDeployment = randomUUID();

/**
 * The deployment that has work to do; undefined if nothing is pending, so that the inputs of a resource stay the same.
 * A resource that did the work has it among its outputs. It shows a refresh that the work of the last inputs is done,
 * and it shows the program that a resource was left out.
 */
export function deploymentOf(pending: pulumi.Input<string[]> | undefined): pulumi.Output<string | undefined> {
  return pulumi
    .output(pending)
    .apply((names) => (names === undefined || names.length === 0 ? undefined : thisDeployment));
}

/** True if a resource has done its work in this deployment, or had none; given its output `deployment`. */
export function isUpToDate(
  pending: pulumi.Input<string[]>,
  deployment: pulumi.Output<string | undefined>,
): pulumi.Output<boolean> {
  if (isMocked()) return pulumi.output(true);
  return pulumi
    .all([deploymentOf(pending), deployment])
    .apply(([due, done]) => due === undefined || due === done);
}
