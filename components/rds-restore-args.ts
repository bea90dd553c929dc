import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { RdsDatabase } from "../engine/index.ts";
import { flag, input, optionsOf, requiredText, type Schemas, text } from "./given-options.ts";

/** Arguments of `RdsRestore`. */
export interface RdsRestoreArgs {
  /** Whether an instance or a cluster is restored. Changing it makes a new one beside the old. */
  kind: RdsDatabase["kind"];
  /** Identifier of the new instance or cluster. Changing it replaces what was restored: do not. */
  identifier: pulumi.Input<string>;
  /** The snapshot. Read once, when it is restored; changing it later does nothing. */
  snapshot: pulumi.Input<string>;
  /** The original: class, network and parameter group of it are carried over when it is restored. */
  from: pulumi.Input<RdsDatabase>;
  /** Class of the instance. Default: the original's. Changing it changes the instance in place. */
  instanceClass?: pulumi.Input<string> | undefined;
  /** Whether AWS refuses to delete it. Default: true. Changed in place. */
  deletionProtection?: pulumi.Input<boolean> | undefined;
  /** Tags. Default: none. Changed in place. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

/** Schemas of these options. @internal */
export const rdsRestoreSchema = optionsOf({
  kind: z.enum(["instance", "cluster"]),
  identifier: requiredText,
  snapshot: requiredText,
  from: input(z.looseObject({})),
  instanceClass: text,
  deletionProtection: flag,
  tags: input(z.record(z.string(), input(z.string())).optional()),
} satisfies Schemas<RdsRestoreArgs>);
