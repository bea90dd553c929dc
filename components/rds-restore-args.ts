import type * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { RdsDatabase } from "../engine/index.ts";
import { flag, input, optionsOf, requiredText, type Schemas, text } from "./given-options.ts";

/** Arguments of `RdsRestore`. */
export interface RdsRestoreArgs {
  /** The kind of database to restore. A change makes a new one beside the old. */
  kind: RdsDatabase["kind"];
  /** Identifier of the new instance or cluster. A change replaces the restored database: do not change it. */
  identifier: pulumi.Input<string>;
  /** The snapshot. Read once, at the restore; a later change does nothing. */
  snapshot: pulumi.Input<string>;
  /** The original: the restore copies its class, network and parameter group. */
  from: pulumi.Input<RdsDatabase>;
  /** Class of the instance. Default: the original's. A change changes the instance in place. */
  instanceClass?: pulumi.Input<string> | undefined;
  /** True if AWS refuses to delete it. Default: true. Changed in place. */
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
