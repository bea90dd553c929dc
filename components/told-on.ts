import type * as pulumi from "@pulumi/pulumi";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";

/** Does some work for a component, and reports its errors on the component's row. */
export async function toldOn<Result>(
  component: pulumi.ComponentResource,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // By then, every dependent exists and listens; otherwise Node warns of an unhandled error.
    await settled(component.urn);
    throw errorOn(component, error);
  }
}
