import * as pulumi from "@pulumi/pulumi";
import {
  type Backup,
  type FilesMode,
  type FolderFormat,
  pendingReport,
  planWarnings,
} from "../engine/index.ts";
import { CommandAttemptResource } from "../resources/command-attempt.ts";
import { isMocked, orUnderMocks } from "../resources/mocks.ts";
import { isUpToDate } from "../resources/deployment.ts";
import { CommandRunResource } from "../resources/command-run.ts";
import { type CommandOptions, commandSchemas } from "./command-options.ts";
import { commandRequest, shellEnvironment, shellText } from "./command-text.ts";
import { type ChecksInput, checksHere, checksSchema, withoutComparison } from "./checks-here.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import {
  madeElsewhere,
  only,
  optionsOf,
  requiredText,
  requireOptions,
  type Schemas,
} from "./given-options.ts";
import { backupKnowledgeSchemas, newestOf } from "./migration-run.ts";
import { Preflight, type PreflightArgs, preflightSchemas } from "./preflight.ts";
import { progressUrn } from "./progress-urn.ts";
import { packageOf } from "./provider-package.ts";
import { errorOn } from "./resource-error.ts";
import { say } from "./say.ts";
import { settled } from "./settled.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Arguments of `CommandMigrationRun`. */
export interface CommandMigrationRunArgs extends CommandOptions {
  /** The database to migrate. A change alone does nothing; migrations pending there are applied. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The folder that the tool reads; a relative path starts at the program's folder. A new migration re-runs. */
  migrations: pulumi.Input<string>;
  /** The checks that must hold after the run. Default: none. A change alone does nothing. */
  checks?: ChecksInput | undefined;
  /** The backups that were taken before the run; a failure names them. Default: none. A change alone does nothing. */
  backups?: pulumi.Input<pulumi.Input<Backup>[]> | undefined;
  /**
   * The number of them that the same deployment must have made or verified; otherwise the tool does not start. Default:
   * 0, because they may have been taken before. A change alone does nothing.
   */
  requiredBackups?: pulumi.Input<number> | undefined;
  /** The reason for no backup, if that was chosen; a failure shows it. Default: none. A change alone does nothing. */
  noBackupReason?: pulumi.Input<string> | undefined;
  /** The preflight whose findings are used. Default: a new one. A change alone does nothing. */
  preflight?: Preflight | undefined;
}

const argsSchema = optionsOf({
  ...commandSchemas,
  ...backupKnowledgeSchemas,
  connection: requiredConnection,
  migrations: requiredText,
  checks: checksSchema.optional(),
  preflight: madeElsewhere.optional(),
} satisfies Schemas<CommandMigrationRunArgs>);

type CompletedRun = Pick<CommandMigrationRun, "applied" | "digest" | "isComplete" | "version">;

/**
 * Has the team's own tool apply the pending migrations, only when there are any. Migrations that it leaves pending, and
 * checks that fail after it, fail the deployment. Deleting it changes nothing in the database.
 */
export class CommandMigrationRun extends pulumi.ComponentResource<CompletedRun> {
  /** Names of the migrations that the last run applied. */
  readonly applied: pulumi.Output<string[]>;
  /** The newest applied migration; undefined if there is none, or if the format is unknown. */
  readonly version: pulumi.Output<string | undefined>;
  /** SHA-256 over the folder that was applied and verified. */
  readonly digest: pulumi.Output<string>;
  /** True if everything pending was applied; false if `--target` or `--exclude` left this run out. */
  readonly isComplete: pulumi.Output<boolean>;
  readonly #args: CommandMigrationRunArgs;

  constructor(name: string, args: CommandMigrationRunArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`CommandMigrationRun ${name}`, argsSchema, args);
    // Arguments given here are in the state, and a new password would be a change of the component.
    super(tokenOf("CommandMigrationRun"), name, {}, opts);
    this.#args = args;
    const run = pulumi.output(this.getData());
    this.applied = run.applied;
    this.version = run.version;
    this.digest = run.digest;
    this.isComplete = run.isComplete;
    this.registerOutputs({ applied: this.applied, version: this.version, digest: this.digest });
  }

  /** Registers the command only after the database was inspected, because it may not be needed. */
  protected override async initialize(
    _: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<CompletedRun> {
    // Pulumi calls this before the constructor has come to its end.
    await Promise.resolve();
    try {
      return await this.#run(name, this.#args, opts);
    } catch (error) {
      throw errorOn(this, error);
    }
  }

  async #run(
    name: string,
    args: CommandMigrationRunArgs,
    { dependsOn }: pulumi.ComponentResourceOptions,
  ): Promise<CompletedRun> {
    const preflight =
      args.preflight ??
      new Preflight(
        `${name}-preflight`,
        only<PreflightArgs>(preflightSchemas, { ...args, ...folderReadingOf(args) }),
        { parent: this, dependsOn },
      );
    this.#announce(preflight, args.command);
    const backups = pulumi.output(args.backups ?? []);
    const { pending } = preflight;
    const { attempt, needed } = new CommandAttemptResource(
      `${name}-attempt`,
      { pending, backups, requiredBackups: args.requiredBackups ?? 0 },
      { parent: this, dependsOn: waitingFor(preflight, dependsOn) },
    );
    const isNeeded = await settled(needed);
    const command =
      isNeeded.known && !isNeeded.value && !isMocked()
        ? undefined
        : await this.#createCommand(name, preflight, attempt);
    const { applied, version, digest, deployment } = new CommandRunResource(
      `${name}-ledger`,
      {
        ...{
          connection: secretConnection(args.connection),
          folder: preflight.folder,
        },
        ...{ command: args.command, attempt, pending, backups, noBackupReason: args.noBackupReason },
        ...{ checks: withoutComparison(this, checksHere(this, args.checks)), digest: preflight.digest },
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: waitingFor(command ?? preflight, dependsOn) },
    );
    return {
      applied: orUnderMocks(applied, pending),
      version: orUnderMocks(version, pending.apply(newestOf)),
      digest: orUnderMocks(digest, preflight.digest),
      isComplete: isUpToDate(pending, deployment),
    };
  }

  /** Another change, such as a new password, does not start a tool that has nothing to do. */
  async #createCommand(
    name: string,
    { pending }: Preflight,
    attempt: pulumi.Output<string | undefined>,
  ): Promise<pulumi.CustomResource> {
    const { Command } = await packageOf("@pulumi/command", () => import("@pulumi/command/local/command.js"));
    const found = await settled(pending);
    const isDue = !found.known || found.value.length > 0;
    return new Command(
      `${name}-command`,
      {
        create: pulumi.output(this.#args.command).apply(shellText),
        environment: shellEnvironment(),
        stdin: commandRequest(this.#args, pending),
        triggers: [attempt],
        addPreviousOutputInEnv: false,
      },
      { parent: this, ignoreChanges: isDue ? [] : ["create", "environment", "stdin", "triggers"] },
    );
  }

  #announce({ plan, place }: Preflight, command: pulumi.Input<string>): void {
    pulumi.all([plan, place, command]).apply(([found, where, tool]) => {
      for (const warning of planWarnings(found)) say(this, warning, "warn");
      if (pulumi.runtime.isDryRun() && found.steps.length > 0)
        say(this, `${pendingReport(found, where)}\nto be applied by \`${tool}\``);
    });
  }
}

/** The way the preflight of a tool's run reads its folder. */
export function folderReadingOf({ format }: Pick<CommandOptions, "format">): {
  format: FolderFormat | undefined;
  files: FilesMode;
} {
  return format === "files" ? { format: undefined, files: "always" } : { format, files: "unless-known" };
}
