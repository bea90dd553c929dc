import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import {
  type AppliedMigration,
  type Backup,
  declarationReport,
  pendingReport,
  type Plan,
  planWarnings,
  type RollbackLoss,
  rollbackReport,
  type SegmentedMigration,
  stepsOf,
} from "../engine/index.ts";
import { isUpToDate } from "../resources/deployment.ts";
import { orUnderMocks } from "../resources/mocks.ts";
import { MigrationRunResource } from "../resources/migration-run.ts";
import { type ChecksInput, checksHere, checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import {
  amount,
  flag,
  input,
  madeElsewhere,
  only,
  optionsOf,
  requiredText,
  requireOptions,
  type Schemas,
  text,
} from "./given-options.ts";
import { type PlanArgs, planSchemas } from "./plan-args.ts";
import { Preflight, preflightSchemas } from "./preflight.ts";
import { progressUrn } from "./progress-urn.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Waiting times and other settings of a run. A change alone does nothing. */
export interface MigrationRunOptions {
  /** Milliseconds that a statement may wait for a lock before the migration backs off. Default: 2000. */
  lockTimeoutMs?: pulumi.Input<number> | undefined;
  /** Milliseconds during which a migration that backed off is retried. Default: 60000. */
  lockRetryMs?: pulumi.Input<number> | undefined;
  /** Milliseconds that one statement may run; 0 is no limit. Default: 0. */
  statementTimeoutMs?: pulumi.Input<number> | undefined;
  /** Milliseconds to wait for another run on the same database to end. Default: 600000. */
  runLockWaitMs?: pulumi.Input<number> | undefined;
  /**
   * Milliseconds that a session may have been idle in its transaction before it is ended, if a migration waits for its
   * lock. Default: none is ended.
   */
  terminateIdleAfterMs?: pulumi.Input<number> | undefined;
  /** Milliseconds that the server keeps a transaction of the run that has gone silent. Default: 60000. */
  idleInTransactionTimeoutMs?: pulumi.Input<number> | undefined;
  /** Memory for building indexes and the like, as PostgreSQL writes it: `1GB`. Default: the server's. */
  maintenanceWorkMem?: pulumi.Input<string> | undefined;
  /** True if errors show the server's DETAIL and CONTEXT, which can repeat the values of rows. Default: true. */
  showDetails?: pulumi.Input<boolean> | undefined;
  /** The name of the run's sessions in `pg_stat_activity`. Default: `pulumi-pg-migrations`. */
  applicationName?: pulumi.Input<string> | undefined;
  /** Milliseconds to retry connecting after the connection was lost. Default: 60000. */
  reconnectMs?: pulumi.Input<number> | undefined;
  /** Milliseconds that the server may be silent before the connection counts as lost. Default: 30000. */
  silenceMs?: pulumi.Input<number> | undefined;
  /**
   * True to renew the planner's statistics of tables that the run filled, rewrote or indexed, after everything is
   * applied. Default: true.
   */
  analyze?: pulumi.Input<boolean> | undefined;
}

/** Schemas of these options. @internal */
export const runSchemas: Schemas<MigrationRunOptions> = {
  ...{ lockTimeoutMs: amount, lockRetryMs: amount, statementTimeoutMs: amount, runLockWaitMs: amount },
  ...{ terminateIdleAfterMs: amount, idleInTransactionTimeoutMs: amount, reconnectMs: amount },
  ...{ silenceMs: amount, maintenanceWorkMem: text, applicationName: text },
  ...{ showDetails: flag, analyze: flag },
};

/** Arguments of `MigrationRun`. */
export interface MigrationRunArgs extends MigrationRunOptions, PlanArgs {
  /** The database to migrate. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The folder of migrations; a relative path starts at the program's folder. A new migration re-runs. */
  migrations: pulumi.Input<string>;
  /** The checks that must hold before each migration is committed. Default: none. A change alone does nothing. */
  checks?: ChecksInput | undefined;
  /** The backups that were taken before the run; a failure that leaves something applied names them. Default: none. */
  backups?: pulumi.Input<pulumi.Input<Backup>[]> | undefined;
  /**
   * The number of them that the same deployment must have made or verified; otherwise nothing is applied. Default: 0,
   * because they may have been taken before.
   */
  requiredBackups?: pulumi.Input<number> | undefined;
  /** The reason for no backup, if that was chosen; a failure that leaves something applied shows it. Default: none. */
  noBackupReason?: pulumi.Input<string> | undefined;
  /** The preflight whose findings are used. Default: a new one. */
  preflight?: Preflight | undefined;
}

/** Schemas of every run's knowledge of backups. @internal */
export const backupKnowledgeSchemas = {
  backups: input(z.array(z.unknown()).optional()),
  requiredBackups: amount,
  noBackupReason: text,
};

const argsSchema = optionsOf({
  ...runSchemas,
  ...planSchemas,
  ...backupKnowledgeSchemas,
  connection: requiredConnection,
  migrations: requiredText,
  checks: checksSchema.optional(),
  preflight: madeElsewhere.optional(),
} satisfies Schemas<MigrationRunArgs>);

/**
 * Applies the pending migrations, each in one transaction with its ledger row and the checks. Runs only when something
 * is pending. Deleting it changes nothing in the database.
 */
export class MigrationRun extends pulumi.ComponentResource {
  /** The migrations that the last run applied, with their durations. */
  readonly applied: pulumi.Output<AppliedMigration[]>;
  /** The newest applied migration; undefined if there is none. */
  readonly version: pulumi.Output<string | undefined>;
  /** SHA-256 over all migrations of the folder that was applied and verified. */
  readonly digest: pulumi.Output<string>;
  /** True if everything pending was applied; false if `--target` or `--exclude` left this run out. */
  readonly isComplete: pulumi.Output<boolean>;

  constructor(name: string, args: MigrationRunArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`MigrationRun ${name}`, argsSchema, args);
    if (args.preflight !== undefined) requireNoPlanOptions(`MigrationRun ${name}`, args);
    super(tokenOf("MigrationRun"), name, {}, opts);
    const preflight =
      args.preflight ??
      new Preflight(`${name}-preflight`, only(preflightSchemas, args), {
        parent: this,
        dependsOn: opts?.dependsOn,
      });
    pulumi
      .all([preflight.plan, preflight.place, preflight.losses, preflight.segmented])
      .apply(([plan, place, losses, segmented]) => this.#announce(plan, place, { losses, segmented }));
    const resource = new MigrationRunResource(
      `${name}-apply`,
      {
        connection: secretConnection(args.connection),
        checks: checksHere(this, args.checks),
        folder: preflight.folder,
        planOptions: preflight.planOptions,
        options: runOptionsOf(args),
        digest: preflight.digest,
        steps: preflight.plan.steps.apply((steps) => steps.map(({ id }) => id)),
        pending: preflight.pending,
        backups: pulumi.output(args.backups ?? []),
        requiredBackups: args.requiredBackups ?? 0,
        noBackupReason: args.noBackupReason,
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: waitingFor(preflight, opts?.dependsOn) },
    );
    const steps = preflight.pending.apply((names) => names.map((step) => ({ name: step, durationMs: 0 })));
    this.applied = orUnderMocks(resource.applied, steps);
    this.version = orUnderMocks(resource.version, preflight.pending.apply(newestOf));
    this.digest = orUnderMocks(resource.digest, preflight.digest);
    this.isComplete = isUpToDate(preflight.pending, resource.deployment);
    this.registerOutputs({ applied: this.applied, version: this.version, digest: this.digest });
  }

  #announce(
    plan: Plan,
    place: string,
    { losses, segmented }: { losses: RollbackLoss[]; segmented: SegmentedMigration[] },
  ): void {
    for (const warning of planWarnings(plan)) say(this, warning, "warn");
    if (!pulumi.runtime.isDryRun()) return;
    if (stepsOf(plan, "declare").length > 0) say(this, declarationReport(plan, place));
    if (stepsOf(plan, "rollBack").length > 0) say(this, rollbackReport(plan, losses, place), "warn");
    if (stepsOf(plan, "apply").length > 0) say(this, pendingReport(plan, place, segmented));
  }
}

/** The newest pending migration, which a run under mocks counts as applied. */
export function newestOf(pending: readonly string[]): string {
  return pending.at(-1) ?? "";
}

/** The preflight has read the folder with its own options; others would have no effect. */
function requireNoPlanOptions(component: string, args: MigrationRunArgs): void {
  const given = Object.entries(only(planSchemas, args)).flatMap(([option, value]) =>
    value === undefined ? [] : [option],
  );
  if (given.length > 0)
    throw new pulumi.RunError(
      `${component} has both preflight and ${given.join(", ")}. The preflight decides what is pending: give these to the ` +
        `preflight. Nothing was done.`,
    );
}

function runOptionsOf(args: MigrationRunOptions): pulumi.Output<object> {
  const { lockTimeoutMs, lockRetryMs, statementTimeoutMs, runLockWaitMs } = args;
  const { idleInTransactionTimeoutMs, maintenanceWorkMem, applicationName, showDetails } = args;
  const { terminateIdleAfterMs, reconnectMs, silenceMs, analyze } = args;
  return pulumi.output({
    ...{ lockTimeoutMs, lockRetryMs, statementTimeoutMs, runLockWaitMs },
    ...{ idleInTransactionTimeoutMs, maintenanceWorkMem, applicationName, showDetails },
    ...{ terminateIdleAfterMs, reconnectMs, silenceMs, analyze },
  });
}
