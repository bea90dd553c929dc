import * as pulumi from "@pulumi/pulumi";
import { PgMigrationsError } from "../engine/index.ts";
import { printable } from "../engine/foreign-text.ts";

/**
 * Puts an error on the row of the resource that it belongs to. An error of this package, and one that is meant for the
 * user, is complete by itself; any other is a defect, whose stack is needed.
 */
export function errorOn(resource: pulumi.Resource, error: unknown): pulumi.ResourceError {
  if (pulumi.ResourceError.isInstance(error)) return error;
  const known: boolean = error instanceof PgMigrationsError || pulumi.RunError.isInstance(error);
  const message =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  return resourceError(resource, printable(message));
}

/** An error that is shown unchanged on the row of a resource, without a stack. */
function resourceError(resource: pulumi.Resource, message: string): pulumi.ResourceError {
  const error = new pulumi.ResourceError(message, resource, true);
  // On its way through the inputs of other resources Pulumi would put the name of each before the message.
  Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
  // If a program exports nothing that depends on this, Pulumi shows the stack instead of the message.
  return Object.defineProperty(error, "stack", { value: message });
}
