import * as pulumi from "@pulumi/pulumi";
import { type Check, type CheckResult, readChecks, verificationReport } from "../engine/index.ts";
import { type Standing, VerificationResource } from "../resources/verification.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";
import type { Preflight } from "./preflight.ts";
import { errorOn } from "./resource-error.ts";
import { progressUrn } from "./progress-urn.ts";
import { say } from "./say.ts";
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
 * Evaluates checks at every `pulumi up` and `pulumi preview`, nothing pending or not. Up fails where one does not
 * hold. So does preview, given a preflight; with migrations still pending it only tells what does not hold yet, and
 * up evaluates the checks after them. Without a preflight, preview shows the violations and an update.
 */
export class Verification extends pulumi.ComponentResource {
  /** Names of the checks that held. */
  readonly verified: pulumi.Output<string[]>;
  /** True once every check has held; what depends on it is not touched before. */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokenOf("Verification"), name, {}, opts);
    const { preflight } = args;
    const standing =
      preflight &&
      pulumi
        .all([preflight.pending, preflight.checkResults])
        .apply(([pending, results]) => this.#standing(pending, results));
    const resource = new VerificationResource(
      `${name}-checks`,
      {
        connection: secretConnection(args.connection),
        checks: preflight === undefined ? this.#readable(args.checks) : pulumi.output(args.checks),
        pending: preflight?.pending,
        standing,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    this.verified = resource.verified;
    this.ready = resource.verified.apply(() => true);
    this.registerOutputs({ verified: this.verified });
  }

  /** A check that cannot be read is an error in preview already, though the database is looked at later. */
  #readable(checks: VerificationArgs["checks"]): pulumi.Output<Check[]> {
    return pulumi.output(checks).apply(async (definitions) => {
      try {
        return await readChecks(definitions);
      } catch (error) {
        throw errorOn(this, error);
      }
    });
  }

  /** How the checks stand: preview fails of it, and up evaluates them once more, in their place, and fails there. */
  #standing(pending: string[], results: CheckResult[]): Standing {
    const violations = verificationReport(results);
    if (violations === undefined) return { violated: false };
    if (!pulumi.runtime.isDryRun()) return { violated: true };
    if (pending.length === 0) return { violated: true, report: violations };
    say(this, `Before the pending migrations, ${violations}`, "warn");
    return { violated: true };
  }
}
