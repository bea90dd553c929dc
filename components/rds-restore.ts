import * as pulumi from "@pulumi/pulumi";
import { requireOptions } from "./given-options.ts";
import { type RdsRestoreArgs, rdsRestoreSchema } from "./rds-restore-args.ts";
import { errorOn } from "./resource-error.ts";
import type { Restored } from "./restored.ts";
import { restoreCluster } from "./restored-cluster.ts";
import { restoreInstance } from "./restored-instance.ts";
import { tokenOf } from "./token.ts";

/**
 * An RDS snapshot, restored into a NEW instance or cluster in the place of the original: its subnet group, security
 * groups and parameter group. The restored database is protected and retained; no later change, not even of the
 * snapshot, replaces it.
 */
export class RdsRestore extends pulumi.ComponentResource<pulumi.Output<Restored>> {
  /** Its host name, for the application to connect to. */
  readonly host: pulumi.Output<string>;
  /** Its TCP port. */
  readonly port: pulumi.Output<number>;
  readonly #args: RdsRestoreArgs;

  constructor(name: string, args: RdsRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`RdsRestore ${name}`, rdsRestoreSchema, args);
    // Arguments given here are in the state, and a later snapshot would be a change of the component.
    super(tokenOf("RdsRestore"), name, {}, opts);
    this.#args = args;
    const restored = pulumi.output(this.getData());
    this.host = restored.apply(({ host }) => host);
    this.port = restored.apply(({ port }) => port);
    this.registerOutputs({ host: this.host, port: this.port });
  }

  protected override async initialize(
    _: pulumi.Inputs,
    { dependsOn }: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<pulumi.Output<Restored>> {
    // Pulumi calls this before the constructor has come to its end.
    await Promise.resolve();
    const args = this.#args;
    try {
      const restore = args.kind === "instance" ? restoreInstance : restoreCluster;
      return await restore(name, args, { parent: this, dependsOn });
    } catch (error) {
      throw errorOn(this, error);
    }
  }
}
