import * as pulumi from "@pulumi/pulumi";
import type { AppliedMigration, Backup } from "../engine/index.ts";
import {
  type BackupArgs,
  type BackupComponent,
  backupMethods,
  backupSchema,
  createBackup,
  noBackupReasonOf,
} from "./backup.ts";
import { CommandMigrationRun, folderReadingOf } from "./command-migration-run.ts";
import { type CommandOptions, commandSchema } from "./command-options.ts";
import { type ChecksInput, checksHere, checksSchema } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection } from "./connection.ts";
import { flag, only, optionsOf, requiredText, requireOptions, type Schemas, text } from "./given-options.ts";
import { MigrationRun, type MigrationRunOptions, runSchemas } from "./migration-run.ts";
import { type PlanArgs, planSchemas } from "./plan-args.ts";
import { Preflight, type PreflightArgs, preflightSchemas } from "./preflight.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { Verification } from "./verification.ts";

/** Arguments of `DatabaseMigration`. */
export interface DatabaseMigrationArgs extends MigrationRunOptions, PlanArgs {
  /** The database to migrate. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The folder of migrations; a relative path starts at the program's folder. A new migration re-runs. */
  migrations: pulumi.Input<string>;
  /** The backup that is taken and verified before the first pending migration. */
  backup: BackupArgs;
  /**
   * The checks that must hold: before each migration is committed, after the last, and at every later up and preview.
   * Default: none. A changed list is evaluated again.
   */
  checks?: ChecksInput | undefined;
  /**
   * A folder of further checks, one for each file `<name>.sql`; a relative path starts at the program's folder.
   * Default: none. A changed file is a changed check.
   */
  checkFiles?: pulumi.Input<string> | undefined;
  /**
   * A tool of your own that applies the pending migrations instead of this package: `npx prisma migrate deploy`.
   * Default: none. A change alone does nothing; it counts from the next run.
   */
  command?: string | CommandOptions | undefined;
  /** True to create a database that does not exist. Default: false; it is an error. */
  createDatabase?: pulumi.Input<boolean> | undefined;
}

const argsSchema = optionsOf({
  ...runSchemas,
  ...planSchemas,
  connection: requiredConnection,
  migrations: requiredText,
  backup: backupSchema,
  checks: checksSchema.optional(),
  checkFiles: text,
  command: commandSchema.optional(),
  createDatabase: flag,
} satisfies Schemas<DatabaseMigrationArgs>);

/**
 * The pipeline: preflight, backup, migration run, verification, each depending on the one before. An application that
 * depends on this component starts only on a schema that is migrated and verified.
 */
export class DatabaseMigration extends pulumi.ComponentResource {
  /** The migrations that the last run applied, with their durations in milliseconds unless a command ran. */
  readonly applied: pulumi.Output<(Pick<AppliedMigration, "name"> & Partial<AppliedMigration>)[]>;
  /** The newest applied migration; undefined if there is none. */
  readonly version: pulumi.Output<string | undefined>;
  /** SHA-256 over all migrations of the folder that was applied and verified. */
  readonly digest: pulumi.Output<string>;
  /** The newest backup of each method, with the command that restores it; empty until one was needed. */
  readonly backups: pulumi.Output<Backup[]>;
  /** Names of the migrations that this deployment applies, rolls back or declares; empty if there are none. */
  readonly pending: pulumi.Output<string[]>;
  /** Names of the checks that held when they were evaluated last, and that time, ISO 8601. */
  readonly verified: pulumi.Output<{ checks: string[]; at: string }>;
  /**
   * True once everything is applied and every check has held; false if this deployment was limited by --target or
   * --exclude and leaves something pending. It describes this deployment, so it is not kept in the component's state.
   */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, given: DatabaseMigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`DatabaseMigration ${name}`, argsSchema, given);
    const command = typeof given.command === "string" ? { command: given.command } : given.command;
    if (command !== undefined) requireToolsOwnPlan(given);
    super(tokenOf("DatabaseMigration"), name, {}, opts);
    const args = { ...given, checks: checksHere(this, given.checks, given.checkFiles) };
    const methods = backupMethods(args.backup);
    const copiesDatabase = methods.some((method) => method.databaseCopy !== undefined);
    const reading =
      command === undefined
        ? {}
        : { ...folderReadingOf(command), ...(args.format === undefined ? {} : { format: args.format }) };
    const preflight = new Preflight(
      `${name}-preflight`,
      only<PreflightArgs>(preflightSchemas, { ...args, copiesDatabase, ...reading }),
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const noBackupReason = noBackupReasonOf(args.backup);
    if (noBackupReason !== undefined) this.#announceNoBackup(noBackupReason, preflight);
    const backups = this.#createBackups(name, args, preflight);
    this.backups = pulumi
      .all(backups.map(({ backup }) => backup))
      .apply((taken) => taken.flatMap((one) => one ?? []));
    const noBackup = noBackupReason === undefined ? {} : { noBackupReason };
    const { connection, migrations, checks } = args;
    const pipeline = {
      ...{ connection, migrations, checks, preflight, backups: this.backups },
      ...{ requiredBackups: backups.length, ...noBackup },
    };
    const dependsOn = [preflight, ...backups];
    const run =
      command === undefined
        ? new MigrationRun(
            `${name}-run`,
            { ...only<MigrationRunOptions>(runSchemas, args), ...pipeline },
            { parent: this, dependsOn },
          )
        : new CommandMigrationRun(`${name}-run`, { ...pipeline, ...command }, { parent: this, dependsOn });
    const verification = new Verification(
      `${name}-verification`,
      { connection, checks, preflight, digest: run.digest, backups: this.backups, ...noBackup },
      { parent: this, dependsOn: run },
    );
    this.applied = appliedBy(run);
    this.version = run.version;
    this.digest = run.digest;
    this.pending = preflight.pending;
    this.verified = pulumi
      .all([verification.verified, verification.verifiedAt])
      .apply(([held, at]) => ({ checks: held, at }));
    this.ready = this.#readiness(run.isComplete, verification, preflight);
    this.registerOutputs({
      applied: this.applied,
      version: this.version,
      digest: this.digest,
      backups: this.backups,
    });
  }

  /** Takes one after the other: a copy needs the database for itself, and no backup should slow down another. */
  #createBackups(name: string, args: DatabaseMigrationArgs, preflight: Preflight): BackupComponent[] {
    const { connection, checks, runLockWaitMs } = args;
    const backups: BackupComponent[] = [];
    for (const [index, method] of backupMethods(args.backup).entries()) {
      const number = index === 0 ? "" : `-${index + 1}`;
      const opts = { parent: this, dependsOn: backups.at(-1) ?? preflight };
      const pipeline = { connection, preflight, checks, runLockWaitMs };
      backups.push(createBackup(`${name}-backup${number}`, method, { pipeline, opts }));
    }
    return backups;
  }

  #readiness(
    isComplete: pulumi.Output<boolean>,
    verification: Verification,
    { pending }: Preflight,
  ): pulumi.Output<boolean> {
    return pulumi.all([isComplete, verification.ready, pending]).apply(([applied, verified, names]) => {
      if (!applied) say(this, leftOut(names), "warn");
      return applied && verified;
    });
  }

  #announceNoBackup(reason: string, preflight: Preflight): void {
    preflight.pending.apply((pending) => {
      if (pending.length > 0) say(this, `No backup will be taken: ${reason}`, "warn");
    });
  }
}

function appliedBy(run: CommandMigrationRun | MigrationRun): DatabaseMigration["applied"] {
  if (run instanceof MigrationRun) return run.applied;
  return run.applied.apply((names) => names.map((name) => ({ name })));
}

function leftOut(pending: readonly string[]): string {
  return (
    `${pending.length} pending ${pending.length === 1 ? "step was" : "steps were"} left out, because this deployment was limited ` +
    `by --target or --exclude: ${pending.slice(0, 3).join(", ")}${pending.length > 3 ? ", ..." : ""}. The database is ` +
    `not ready for an application that needs them. Run pulumi up without these options.`
  );
}

/** The tool that keeps the ledger decides on its entries and its location. */
function requireToolsOwnPlan(args: DatabaseMigrationArgs): void {
  const given = (["baseline", "resolve", "target"] as const).filter((name) => args[name] !== undefined);
  if (args.format !== undefined && typeof args.command === "object" && args.command.format !== undefined)
    throw new pulumi.RunError(
      "format and command.format exclude each other: give one of them. Nothing was done.",
    );
  if (given.length > 0)
    throw new pulumi.RunError(
      `${given.join(", ")} cannot be given together with command: the tool itself keeps its ledger. Declare it ` +
        `with the tool, or remove command.`,
    );
  // The waiting time of a database copy for another run applies to every tool.
  const unused = (Object.keys(runSchemas) as (keyof MigrationRunOptions)[]).filter(
    (name) => name !== "runLockWaitMs" && args[name] !== undefined,
  );
  if (unused.length > 0)
    throw new pulumi.RunError(
      `${unused.join(", ")} cannot be given together with command: the tool itself runs the migrations. Remove the ` +
        `option, or give it to the tool. Nothing was done.`,
    );
}
