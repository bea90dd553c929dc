import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { BackupOccasion } from "../engine/index.ts";
import type { Preflight } from "./preflight.ts";

/** What tells a backup when it is due. */
export interface BackupOccasionArgs {
  /** Takes a backup when, and only when, this preflight has found migrations pending. Default: none. */
  preflight?: Preflight | undefined;
  /** Without a preflight: a backup is taken at first, and again whenever these change. Default: none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** What a backup is taken before. Without a preflight, each change of the triggers is an occasion of its own. */
export function occasionOf({ preflight, triggers = [] }: BackupOccasionArgs): pulumi.Output<BackupOccasion> {
  if (preflight !== undefined) return preflight.occasion;
  return pulumi.output(triggers).apply((values) => ({
    database: "all",
    position: "triggered",
    digest: createHash("sha256").update(JSON.stringify(values)).digest("hex"),
  }));
}
