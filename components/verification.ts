import * as pulumi from "@pulumi/pulumi";
import {
  type Backup,
  type Check,
  type CheckResult,
  checkWarnings,
  readChecks,
  verificationReport,
} from "../engine/index.ts";
import { isUpToDate } from "../resources/deployment.ts";
import { orUnderMocks } from "../resources/mocks.ts";
import { type Standing, VerificationResource } from "../resources/verification.ts";
import { type ChecksInput, checksHere, checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import { madeElsewhere, optionsOf, requireOptions, type Schemas, text } from "./given-options.ts";
import { backupKnowledgeSchemas } from "./migration-run.ts";
import type { Preflight } from "./preflight.ts";
import { progressUrn } from "./progress-urn.ts";
import { say } from "./say.ts";
import { toldOn } from "./told-on.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Arguments of `Verification`. */
export interface VerificationArgs {
  /** The database to evaluate; a standby is enough. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The checks that must hold. A changed list is evaluated again. */
  checks: ChecksInput;
  /** The preflight that has evaluated the same checks. Default: none; the checks are evaluated at every diff. */
  preflight?: Preflight | undefined;
  /**
   * The applied folder: checks that are evaluated `after` a run are evaluated once for each. Default: none; they are
   * evaluated once.
   */
  digest?: pulumi.Input<string> | undefined;
  /** The backups that were taken before the run; reported if a check failed after it. Default: none. */
  backups?: pulumi.Input<pulumi.Input<Backup>[]> | undefined;
  /** The reason for no backup, if that was chosen. Default: none. */
  noBackupReason?: pulumi.Input<string> | undefined;
}

const argsSchema = optionsOf({
  connection: requiredConnection,
  checks: checksSchema,
  preflight: madeElsewhere.optional(),
  digest: text,
  backups: backupKnowledgeSchemas.backups,
  noBackupReason: backupKnowledgeSchemas.noBackupReason,
} satisfies Schemas<VerificationArgs>);

/**
 * Evaluates checks at every `pulumi up` and `pulumi preview`, even if nothing is pending. Up fails if a check failed.
 * With a preflight, so does preview; while migrations are pending it only reports the failed checks, and up evaluates
 * the checks after them. Without a preflight, preview shows the violations and an update. A refresh only reports failed
 * checks.
 */
export class Verification extends pulumi.ComponentResource {
  /** Names of the checks that held. */
  readonly verified: pulumi.Output<string[]>;
  /** When they held, ISO 8601. */
  readonly verifiedAt: pulumi.Output<string>;
  /**
   * True once every check has held; dependents are not touched before. False if a refresh has detected a failed check,
   * or if this deployment was limited to other resources.
   */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: VerificationArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`Verification ${name}`, argsSchema, args);
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
        checks: preflight === undefined ? this.#readable(args.checks) : checksHere(this, args.checks),
        digest: args.digest,
        backups: pulumi.output(args.backups ?? []),
        noBackupReason: args.noBackupReason,
        pending: preflight?.pending,
        standing,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: waitingFor(preflight, opts?.dependsOn) },
    );
    const names = checksHere(this, args.checks).apply((all) => all.map(({ name: check }) => check));
    this.verified = orUnderMocks(resource.verified, names);
    this.verifiedAt = orUnderMocks(resource.verifiedAt, new Date(0).toISOString());
    const isEvaluated = preflight === undefined ? true : isUpToDate(preflight.pending, resource.deployment);
    this.ready = pulumi
      .all([this.verified, resource.isStale, isEvaluated])
      .apply(([, isStale, evaluated]) => evaluated && isStale !== true);
    this.registerOutputs({ verified: this.verified });
  }

  /** A check that cannot be read is an error in preview already, though the database is inspected later. */
  #readable(checks: ChecksInput): pulumi.Output<Check[]> {
    return checksHere(this, checks).apply((definitions) => toldOn(this, () => readChecks(definitions)));
  }

  /**
   * The results of the checks: preview fails on a violation, and up evaluates them once more, in their place, and fails
   * there.
   */
  #standing(pending: string[], results: CheckResult[]): Standing {
    const warnings = checkWarnings(results);
    if (warnings !== undefined) say(this, warnings, "warn");
    const violations = verificationReport(results);
    if (violations === undefined) return { violated: false };
    if (!pulumi.runtime.isDryRun()) return { violated: true };
    if (pending.length === 0) return { violated: true, report: violations };
    say(this, `Before the pending migrations, ${violations}`, "warn");
    return { violated: true };
  }
}
