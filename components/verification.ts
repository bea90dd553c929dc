import * as pulumi from "@pulumi/pulumi";
import { type Check, type CheckResult, verificationReport } from "../engine/index.ts";
import { VerificationResource } from "../resources/verification.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";
import type { Preflight } from "./preflight.ts";
import { resourceError } from "./resource-error.ts";
import { tokenOf } from "./token.ts";

/** Arguments of `Verification`. */
export interface VerificationArgs {
  /** The database to look at; a standby will do. */
  connection: pulumi.Input<ConnectionArgs>;
  /** What has to hold. A changed list is evaluated anew. */
  checks: pulumi.Input<pulumi.Input<Check>[]>;
  /** The preflight that has evaluated the same checks. Default: none, the checks are evaluated at every diff. */
  preflight?: Preflight | undefined;
}

/**
 * Evaluates checks at every `pulumi up` and `pulumi preview`, nothing pending or not, and fails where one does
 * not hold. With a preflight whose migrations are still pending, preview only tells what does not hold yet, and
 * up evaluates the checks after them.
 */
export class Verification extends pulumi.ComponentResource {
  /** Names of the checks that held. */
  readonly verified: pulumi.Output<string[]>;
  /** True once every check has held; what depends on it is not touched before. */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokenOf("Verification"), name, {}, opts);
    const { preflight } = args;
    const pending =
      preflight &&
      pulumi
        .all([preflight.pending, preflight.checkResults])
        .apply(([names, results]) => this.#requireStandingChecks(names, results));
    const resource = new VerificationResource(
      `${name}-checks`,
      {
        connection: secretConnection(args.connection),
        checks: pulumi.output(args.checks),
        pending,
        progressUrn: this.urn,
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.verified = resource.verified;
    this.ready = resource.verified.apply(() => true);
    this.registerOutputs({ verified: this.verified });
  }

  #requireStandingChecks(pending: string[], results: CheckResult[]): string[] {
    const violations = verificationReport(results);
    if (violations === undefined) return pending;
    if (pending.length === 0) throw resourceError(this, violations);
    if (pulumi.runtime.isDryRun()) void pulumi.log.warn(`Before the pending migrations, ${violations}`, this);
    return pending;
  }
}
