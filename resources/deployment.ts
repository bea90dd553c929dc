import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { isMocked } from "./mocks.ts";

/** Names this deployment: every one is a process of its own. */
const thisDeployment = randomUUID();

/**
 * The deployment that has work to do; undefined if nothing is pending, so that the inputs of a resource stay the same. A
 * resource that did the work has it among its outputs. By it a refresh knows that the work of the last inputs is done, and
 * the program that a resource was left out.
 */
export function deploymentOf(pending: pulumi.Input<string[]> | undefined): pulumi.Output<string | undefined> {
  return pulumi
    .output(pending)
    .apply((names) => (names === undefined || names.length === 0 ? undefined : thisDeployment));
}

/** Whether a resource has done its work in this deployment, or there was none; given its output `deployment`. */
export function isUpToDate(
  pending: pulumi.Input<string[]>,
  deployment: pulumi.Output<string | undefined>,
): pulumi.Output<boolean> {
  if (isMocked()) return pulumi.output(true);
  return pulumi
    .all([deploymentOf(pending), deployment])
    .apply(([due, done]) => due === undefined || due === done);
}
