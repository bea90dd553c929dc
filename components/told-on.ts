import type * as pulumi from "@pulumi/pulumi";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";

/** Does some work for a component, and tells what goes wrong on its row. */
export async function toldOn<Result>(
  component: pulumi.ComponentResource,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Whoever depends on it is made by then, and listens; else Node warns of an error that nobody has heard.
    await settled(component.urn);
    throw errorOn(component, error);
  }
}
