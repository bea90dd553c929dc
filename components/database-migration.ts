import * as pulumi from "@pulumi/pulumi";
import type { AppliedMigration, Backup, Check } from "../engine/index.ts";
import type { ConnectionArgs } from "./connection.ts";
import { DatabaseCopy, type DatabaseCopyOptions } from "./database-copy.ts";
import { MigrationRun, type MigrationRunOptions } from "./migration-run.ts";
import { Preflight } from "./preflight.ts";
import { tokenOf } from "./token.ts";
import { Verification } from "./verification.ts";

/** The way back that is taken before anything is applied. */
export type BackupArgs =
  | { /** A copy on the same server. */ databaseCopy: DatabaseCopyOptions }
  | {
      /** No backup, and the reason, which is shown in every preview with pending migrations. */ none: string;
    };

/** Arguments of `DatabaseMigration`. */
export interface DatabaseMigrationArgs extends MigrationRunOptions {
  /** The database to migrate. */
  connection: pulumi.Input<ConnectionArgs>;
  /** The folder of migrations; a relative path starts at the program's folder. A new migration re-runs. */
  migrations: pulumi.Input<string>;
  /** The way back that is taken, and verified, before the first pending migration. */
  backup: BackupArgs;
  /**
   * What has to hold: before each migration is committed, after the last, and at every later up and preview.
   * Default: nothing. A changed list is evaluated anew.
   */
  checks?: pulumi.Input<pulumi.Input<Check>[]> | undefined;
  /** Whether to create a database that does not exist. Default: false, it is an error. */
  createDatabase?: pulumi.Input<boolean> | undefined;
}

/**
 * The pipeline: preflight, backup, migration run, verification, each depending on the one before. An application
 * that depends on this component starts on a schema that is migrated and verified, or not at all.
 */
export class DatabaseMigration extends pulumi.ComponentResource {
  /** The migrations that the last run applied, with their durations. */
  readonly applied: pulumi.Output<AppliedMigration[]>;
  /** The newest applied migration; undefined where none is. */
  readonly version: pulumi.Output<string | undefined>;
  /** SHA-256 over all migrations of the folder: what was applied and verified. */
  readonly digest: pulumi.Output<string>;
  /** The newest backup, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
  /** True once everything is applied and every check has held. */
  readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: DatabaseMigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokenOf("DatabaseMigration"), name, {}, opts);
    const preflight = new Preflight(
      `${name}-preflight`,
      { ...args, copiesDatabase: "databaseCopy" in args.backup },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const copy = this.#createBackup(name, args, preflight);
    const run = new MigrationRun(
      `${name}-run`,
      { ...args, preflight, backup: copy?.backup },
      { parent: this, dependsOn: copy ?? preflight },
    );
    const { connection, checks = [] } = args;
    const verification = new Verification(
      `${name}-verification`,
      { connection, checks, preflight },
      { parent: this, dependsOn: run },
    );
    this.applied = run.applied;
    this.version = run.version;
    this.digest = run.digest;
    this.backup = copy?.backup ?? pulumi.output(undefined);
    this.ready = verification.ready;
    this.registerOutputs({
      applied: this.applied,
      version: this.version,
      digest: this.digest,
      backup: this.backup,
      ready: this.ready,
    });
  }

  #createBackup(name: string, args: DatabaseMigrationArgs, preflight: Preflight): DatabaseCopy | undefined {
    const { backup, connection } = args;
    if ("databaseCopy" in backup)
      return new DatabaseCopy(
        `${name}-backup`,
        { ...backup.databaseCopy, connection, preflight, runLockWaitMs: args.runLockWaitMs },
        { parent: this, dependsOn: preflight },
      );
    preflight.pending.apply((pending) => {
      if (pending.length > 0) void pulumi.log.warn(`No backup will be taken: ${backup.none}`, this);
    });
    return undefined;
  }
}
