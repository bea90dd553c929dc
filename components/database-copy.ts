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

/** How a database is copied; in a pipeline, `backup: { databaseCopy: ... }`. */
export interface DatabaseCopyOptions {
  /**
   * Whether other sessions on the database are ended for the copy. Default: false, the copy is refused, and
   * nothing applied, while there are any. Changing it does nothing by itself.
   */
  terminateSessions?: pulumi.Input<boolean> | undefined;
  /**
   * For how many positions of the ledger a copy is kept, the newest included: repeated attempts of one run replace
   * each other's copies, but not the one from before the first. Default: 3. Takes effect with the next copy.
   */
  retain?: pulumi.Input<number> | undefined;
  /** The database from which the copy is made. Default: `postgres`. Changing it does nothing by itself. */
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
  /** The database to copy. The role needs CREATEDB and has to own the database. */
  connection: pulumi.Input<ConnectionArgs>;
  /** How long a migration run on the database is waited for, milliseconds. Default: 600000. */
  runLockWaitMs?: pulumi.Input<number> | undefined;
}

const argsSchema = optionsOf({
  ...databaseCopySchemas,
  ...occasionSchemas,
  connection: requiredConnection,
  runLockWaitMs: amount,
} satisfies Schemas<DatabaseCopyArgs>);

/**
 * The backup for self-hosted and embedded servers: a copy of the database on its own server, made with
 * CREATE DATABASE ... TEMPLATE and compared with the original, catalog and row counts. Destroying the stack
 * leaves every copy alone.
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
