import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import {
  type Backup,
  dumpProgress,
  type LogicalBackupRequest,
  type LogicalBackupTarget,
  passwordVariables,
} from "../engine/index.ts";
import { BackupIdentityResource } from "../resources/backup-identity.ts";
import type { DumpIdentity } from "../resources/identity-methods.ts";
import { isMocked, orUnderMocks } from "../resources/mocks.ts";
import { LogicalBackupResource } from "../resources/logical-backup.ts";
import { accessSchema, awsAccess } from "./aws-access.ts";
import {
  type BackupOccasionArgs,
  isFromBefore,
  mayBeDue,
  occasionOf,
  occasionSchemas,
  requireOneOccasion,
} from "./backup-occasion.ts";
import { type ConnectionArgs, connectionSchema, requiredConnection, secretConnection } from "./connection.ts";
import { showCreationProgress } from "./creation-progress.ts";
import {
  amount,
  count,
  flag,
  input,
  type OneOf,
  oneOf,
  optionsOf,
  requireOptions,
  type Schemas,
  text,
} from "./given-options.ts";
import { mockedBackup, mockedDump } from "./mocked-backup.ts";
import { progressUrn } from "./progress-urn.ts";
import { packageOf } from "./provider-package.ts";
import { errorOn } from "./resource-error.ts";
import { settled } from "./settled.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Options of a dump; in a pipeline, `backup: { logicalBackup: ... }`. A change takes effect with the next backup. */
export type LogicalBackupOptions = {
  [Option in keyof Omit<LogicalBackupRequest, "connection" | "ledger" | "target">]: pulumi.Input<
    LogicalBackupRequest[Option]
  >;
} & {
  /** The place of the archive: a folder, or a bucket at S3. */
  target: pulumi.Input<OneOf<LogicalBackupTarget>>;
};

const targetSchemas: Schemas<LogicalBackupTarget> = {
  ...{ directory: text, bucket: text, prefix: text, stagingDirectory: text, kmsKeyId: text },
  serverSideEncryption: input(z.enum(["AES256", "aws:kms"]).optional()),
  aws: accessSchema,
};

const logicalBackupSchemas: Schemas<LogicalBackupOptions> = {
  target: input(oneOf(targetSchemas, ["directory", "bucket"])),
  format: input(z.enum(["custom", "directory"]).optional()),
  ...{ jobs: count, retain: count, compress: text, programs: text },
  ...{ lockTimeoutMs: amount, minFreeBytes: amount, retentionDays: amount, reuseMinutes: amount },
  restore: input(z.enum(["when-small", "always", "never"]).optional()),
  restoreUpToBytes: amount,
  shadow: input(connectionSchema.optional()),
  allowSuperuser: flag,
};

/** Schema of the options in a pipeline. @internal */
export const logicalBackupSchema = optionsOf(logicalBackupSchemas);

/** Arguments of `LogicalBackup`. */
export type LogicalBackupArgs = LogicalBackupOptions &
  BackupOccasionArgs & {
    /** The database to dump. Its role must be able to read every table. */
    connection: pulumi.Input<ConnectionArgs>;
  };

const argsSchema = optionsOf({
  ...logicalBackupSchemas,
  ...occasionSchemas,
  connection: requiredConnection,
} satisfies Schemas<LogicalBackupArgs>);

/**
 * A dump by pg_dump, in a folder or at S3, taken when something is pending. It is verified before it gets its final
 * name. It outlives the stack: neither destroy nor removal from the program deletes it.
 */
export class LogicalBackup extends pulumi.ComponentResource<pulumi.Output<Backup> | undefined> {
  /** The newest dump, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
  readonly #args: LogicalBackupArgs;

  constructor(name: string, args: LogicalBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`LogicalBackup ${name}`, argsSchema, args);
    requireOneOccasion(`LogicalBackup ${name}`, args);
    // Arguments given here are in the state, and a new password would be a change of the component.
    super(tokenOf("LogicalBackup"), name, {}, opts);
    this.#args = args;
    this.backup = pulumi.output(this.getData()).apply((backup) => backup);
    // Depends on what is created below, which Pulumi waits for by it.
    this.registerOutputs({ backup: this.backup });
  }

  /** Registers the dump only after the database was inspected, because it may not be needed. */
  protected override async initialize(
    _: pulumi.Inputs,
    opts: pulumi.ComponentResourceOptions,
    name: string,
  ): Promise<pulumi.Output<Backup> | undefined> {
    // Pulumi calls this before the constructor has come to its end.
    await Promise.resolve();
    try {
      return await this.#dump(name, this.#args, opts);
    } catch (error) {
      throw errorOn(this, error);
    }
  }

  async #dump(
    name: string,
    args: LogicalBackupArgs,
    opts: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.Output<Backup> | undefined> {
    const occasion = occasionOf(args);
    const request = this.#request(args);
    const urn = progressUrn(this);
    const pending = args.preflight?.pending;
    const { identity, needed } = new BackupIdentityResource(
      `${name}-identity`,
      { method: "logicalBackup", request, occasion, pending, progressUrn: urn },
      { parent: this, dependsOn: waitingFor(args.preflight, opts.dependsOn) },
    );
    const [isNeeded, due] = await Promise.all([settled(needed), mayBeDue(args)]);
    if (isNeeded.known && !isNeeded.value && !isMocked()) return undefined;

    const decidedIdentity = orUnderMocks(identity as pulumi.Output<DumpIdentity>, mockedDump);
    const decided = await settled(decidedIdentity);
    const command = await this.#createCommand(name, decidedIdentity, { connection: args.connection, due });
    if (due && decided.known && !isMocked())
      if (pulumi.runtime.isDryRun()) say(this, announcement(decided.value));
      else void this.#showProgress(command, decided.value);
    const { backup } = new LogicalBackupResource(
      `${name}-archive`,
      {
        request: pulumi.all([request, occasion]).apply(([asked, ledger]) => ({ ...asked, ledger })),
        identity: decidedIdentity,
        pending,
        progressUrn: urn,
      },
      { parent: this, dependsOn: command },
    );
    return orUnderMocks(backup, mockedBackup("logicalBackup"));
  }

  /** The whole is secret, because it holds the connection. */
  #request(args: LogicalBackupArgs): pulumi.Output<Omit<LogicalBackupRequest, "ledger">> {
    const { connection, target, ...others } = args;
    const options = Object.fromEntries(
      Object.entries(others).filter(([option]) => option !== "preflight" && option !== "triggers"),
    );
    const access = awsAccess(this, undefined);
    const reachable = pulumi
      .all([target, access])
      .apply(([to, aws]) => (to.bucket === undefined ? to : { ...to, aws: to.aws ?? aws }));
    return pulumi.secret(
      pulumi.output({ ...options, target: reachable, connection: secretConnection(connection) }),
    );
  }

  /** A new password does not run the command of an existing dump. */
  async #createCommand(
    name: string,
    identity: pulumi.Output<DumpIdentity>,
    { connection, due }: { connection: pulumi.Input<ConnectionArgs>; due: boolean },
  ): Promise<pulumi.CustomResource> {
    const { Command } = await packageOf("@pulumi/command", () => import("@pulumi/command/local/command.js"));
    const password = secretConnection(connection).apply(passwordVariables);
    return new Command(
      `${name}-dump`,
      {
        create: identity.command.create,
        environment: pulumi
          .all([identity.command.environment, password])
          .apply(([environment, secret]) => ({ ...environment, ...secret })),
        logging: "stderr",
        addPreviousOutputInEnv: false,
      },
      { parent: this, ignoreChanges: due ? [] : ["environment"] },
    );
  }

  async #showProgress(resource: pulumi.CustomResource, identity: DumpIdentity): Promise<void> {
    await showCreationProgress({ resource, on: this, everyMs: 5000, look: () => dumpProgress(identity) });
  }
}

function announcement({ database, location, requestedAt }: DumpIdentity): string {
  return isFromBefore(requestedAt)
    ? `The dump ${location}, taken at ${requestedAt}, is reused for this run.`
    : `${database} will be dumped to ${location}, and the dump verified, before the run.`;
}
