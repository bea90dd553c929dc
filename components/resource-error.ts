import * as pulumi from "@pulumi/pulumi";
import { PgMigrationsError } from "../engine/index.ts";

/**
 * Puts an error on the row of the resource that it belongs to. An error of this package says all there is to
 * say; any other is a defect, whose stack is needed.
 */
export function errorOn(resource: pulumi.Resource, error: unknown): pulumi.ResourceError {
  const known = error instanceof PgMigrationsError;
  const message =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  return new pulumi.ResourceError(message, resource, true);
}
