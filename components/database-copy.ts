import * as pulumi from "@pulumi/pulumi";
import type { Backup } from "../engine/index.ts";
import { orUnderMocks } from "../resources/mocks.ts";
import { DatabaseCopyResource } from "../resources/database-copy.ts";
import { type ConnectionArgs, requiredConnection, secretConnection } from "./connection.ts";
import { type BackupOccasionArgs, occasionSchemas, requireOneOccasion } from "./backup-occasion.ts";
import { amount, count, flag, optionsOf, requireOptions, type Schemas, text } from "./given-options.ts";
import { mockedBackup } from "./mocked-backup.ts";
import { progressUrn } from "./progress-urn.ts";
import { say } from "./say.ts";
import { tokenOf } from "./token.ts";
import { waitingFor } from "./waiting-for.ts";

/** Options of a database copy; in a pipeline, `backup: { databaseCopy: ... }`. */
export interface DatabaseCopyOptions {
  /**
   * True to end other sessions on the database for the copy. Default: false. Then other sessions make the copy fail,
   * and nothing is applied. A change alone does nothing.
   */
  terminateSessions?: pulumi.Input<boolean> | undefined;
  /**
   * The number of ledger positions whose copies are kept, the newest included. Repeated attempts of one run replace
   * each other's copies, but not the one from before the first. Default: 3. Takes effect with the next copy.
   */
  retain?: pulumi.Input<number> | undefined;
  /** The database to connect to for the copy. Default: `postgres`. A change alone does nothing. */
  maintenanceDatabase?: pulumi.Input<string> | undefined;
}

/** Schemas of these options. @internal */
export const databaseCopySchemas: Schemas<DatabaseCopyOptions> = {
  terminateSessions: flag,
  retain: count,
  maintenanceDatabase: text,
};

/** Arguments of `DatabaseCopy`. */
export interface DatabaseCopyArgs extends DatabaseCopyOptions, BackupOccasionArgs {
  /** The database to copy. The role needs CREATEDB and must own the database. */
  connection: pulumi.Input<ConnectionArgs>;
  /** Milliseconds to wait for a migration run on the database. Default: 600000. */
  runLockWaitMs?: pulumi.Input<number> | undefined;
}

const argsSchema = optionsOf({
  ...databaseCopySchemas,
  ...occasionSchemas,
  connection: requiredConnection,
  runLockWaitMs: amount,
} satisfies Schemas<DatabaseCopyArgs>);

/**
 * The backup for self-hosted and embedded servers: a copy of the database on its own server, made with CREATE DATABASE
 * ... TEMPLATE and compared with the original, catalog and row counts. Destroying the stack leaves every copy alone.
 */
export class DatabaseCopy extends pulumi.ComponentResource {
  /** The newest copy, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, args: DatabaseCopyArgs, opts?: pulumi.ComponentResourceOptions) {
    requireOptions(`DatabaseCopy ${name}`, argsSchema, args);
    requireOneOccasion(`DatabaseCopy ${name}`, args);
    super(tokenOf("DatabaseCopy"), name, {}, opts);
    const resource = new DatabaseCopyResource(
      `${name}-copy`,
      {
        connection: secretConnection(args.connection),
        terminateSessions: args.terminateSessions ?? false,
        retain: args.retain ?? 3,
        maintenanceDatabase: args.maintenanceDatabase ?? "postgres",
        pending: args.preflight?.pending,
        folder: args.preflight?.folder,
        runLockWaitMs: args.runLockWaitMs,
        triggers: pulumi.output(args.triggers ?? []),
        progressUrn: progressUrn(this),
      },
      { parent: this, dependsOn: waitingFor(args.preflight, opts?.dependsOn) },
    );
    args.preflight?.pending.apply((pending) => {
      if (pulumi.runtime.isDryRun() && pending.length > 0)
        say(this, "The database will be copied, and the copy compared with it, before the run.");
    });
    this.backup = orUnderMocks(resource.backup, mockedBackup("databaseCopy"));
    this.registerOutputs({ backup: this.backup });
  }
}
