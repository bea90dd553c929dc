import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { BackupOccasion } from "../engine/index.ts";
import { input, madeElsewhere, type Schemas } from "./given-options.ts";
import type { Preflight } from "./preflight.ts";
import { settled } from "./settled.ts";

/** The arguments that determine when a backup is due. */
export interface BackupOccasionArgs {
  /** Takes a backup only when this preflight has found migrations pending. Default: none. */
  preflight?: Preflight | undefined;
  /** Without a preflight: a backup is taken at first, and again whenever these change. Default: none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Schemas of the occasion of a backup. @internal */
export const occasionSchemas: Schemas<BackupOccasionArgs> = {
  preflight: madeElsewhere.optional(),
  triggers: input(z.array(input(z.string())).optional()),
};

/** Throws a `RunError` if triggers are given that a preflight would leave without effect. */
export function requireOneOccasion(component: string, { preflight, triggers }: BackupOccasionArgs): void {
  if (preflight === undefined || triggers === undefined) return;
  throw new pulumi.RunError(
    `${component} has both preflight and triggers. With a preflight, a backup is taken when something is pending, and only ` +
      `then: remove triggers, or preflight. Nothing was done.`,
  );
}

/** The occasion of a backup. Without a preflight, each change of the triggers is a new occasion. */
export function occasionOf({ preflight, triggers = [] }: BackupOccasionArgs): pulumi.Output<BackupOccasion> {
  if (preflight !== undefined) return preflight.occasion;
  return pulumi.output(triggers).apply((values) => ({
    database: "all",
    position: "triggered",
    digest: createHash("sha256").update(JSON.stringify(values)).digest("hex"),
  }));
}

/** True if this deployment may have to take a backup; without a preflight that is always so. */
export async function mayBeDue({ preflight }: BackupOccasionArgs): Promise<boolean> {
  if (preflight === undefined) return true;
  const pending = await settled(preflight.pending);
  return !pending.known || pending.value.length > 0;
}

/** True if the decision was made by an earlier deployment. */
export function isFromBefore(time: string): boolean {
  return Date.parse(time) < startedAt;
}

const startedAt = Date.now();
