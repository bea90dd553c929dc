import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { orUnderMocks } from "../resources/mocks.ts";
import { WatchResource } from "../resources/watch.ts";
import { type ChecksInput, checksHere, checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import { amount, input, optionsOf, requireOptions, requiredText, type Schemas } from "./given-options.ts";
import { progressUrn } from "./progress-urn.ts";
import { tokenOf } from "./token.ts";

/** Arguments of `Watch`. A change of any other than `digest` alone does nothing. */
export interface WatchArgs {
  /** The database that was migrated. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The signals: any checks, such as `http`, `lockWaitsBelow`, `replicationLagBelow` or a query of your own. */
  checks: ChecksInput;
  /** The applied folder, such as `migration.digest`; each is watched once. */
  digest: pulumi.Input<string>;
  /**
   * The migrations that the run applied, such as `migration.pending`. If there are none, the signals are evaluated once
   * and not watched.
   */
  pending: pulumi.Input<pulumi.Input<string>[]>;
  /** Minutes for which the signals are watched. Default: 10. */
  minutes?: pulumi.Input<number> | undefined;
  /** Seconds between two evaluations. Default: 15. */
  intervalSeconds?: pulumi.Input<number> | undefined;
  /** The number of bad results in a row that a signal may have. Default: 2, so that the third fails the deployment. */
  tolerated?: pulumi.Input<number> | undefined;
  /**
   * The factor from which statements that take longer than before are reported, if `pg_stat_statements` is installed;
   * this never fails. Default: 2.
   */
  slowerFactor?: pulumi.Input<number> | undefined;
}

const argsSchema = optionsOf({
  connection: requiredConnection,
  checks: checksSchema,
  digest: requiredText,
  pending: input(z.array(input(z.string()))),
  ...{ minutes: amount, intervalSeconds: amount, slowerFactor: amount },
  tolerated: input(z.number().int().nonnegative().optional()),
} satisfies Schemas<WatchArgs>);

/**
 * Watches signals for some minutes after a run, and fails the deployment if one stays bad. Let it depend on the
 * application that is deployed on the new schema. A resource that depends on a watch waits for all of its minutes.
 */
export class Watch extends pulumi.ComponentResource {
  /** The number of evaluations. */
  readonly looks: pulumi.Output<number>;

  constructor(name: string, args: WatchArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`Watch ${name}`, argsSchema, args);
    super(tokenOf("Watch"), name, {}, opts);
    const resource = new WatchResource(
      `${name}-signals`,
      {
        connection: secretConnection(args.connection),
        checks: checksHere(this, args.checks),
        digest: args.digest,
        pending: pulumi.output(args.pending),
        durationMs: pulumi.output(args.minutes ?? 10).apply((minutes) => minutes * 60_000),
        intervalMs: pulumi.output(args.intervalSeconds ?? 15).apply((seconds) => seconds * 1000),
        tolerated: args.tolerated ?? 2,
        slowerFactor: args.slowerFactor ?? 2,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.looks = orUnderMocks(resource.looks, 1);
    this.registerOutputs({ looks: this.looks });
  }
}
