import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { type Backup, type Check, checksOfDatabase, readChecks } from "../engine/index.ts";
import { type ChecksInput, checksHere } from "./checks-here.ts";
import type { ConnectionArgs } from "./connection.ts";
import { DatabaseCopy, type DatabaseCopyOptions, databaseCopySchemas } from "./database-copy.ts";
import { ExistingBackup, type ExistingBackupOptions, existingBackupSchema } from "./existing-backup.ts";
import { copyIssues, oneOf, type OneOf, optionsOf } from "./given-options.ts";
import { LogicalBackup, type LogicalBackupOptions, logicalBackupSchema } from "./logical-backup.ts";
import {
  PointInTimeRecovery,
  type PointInTimeRecoveryOptions,
  pointInTimeRecoverySchema,
} from "./point-in-time-recovery.ts";
import type { Preflight } from "./preflight.ts";
import { RdsSnapshot } from "./rds-snapshot.ts";
import { type RdsSnapshotOptions, rdsSnapshotSchema } from "./rds-snapshot-args.ts";

/** Each backup that can be taken before anything is applied. */
type BackupMethodChoice =
  | { /** A snapshot of the RDS instance or cluster. */ rdsSnapshot: RdsSnapshotOptions }
  | {
      /** RDS's automated backups, to the moment before the run. */ pointInTimeRecovery: PointInTimeRecoveryOptions;
    }
  | { /** A dump by pg_dump, in a folder or at S3. */ logicalBackup: LogicalBackupOptions }
  | { /** A copy on the same server. */ databaseCopy: DatabaseCopyOptions }
  | { /** One that was made elsewhere, and is verified. */ existing: ExistingBackupOptions };

/** One backup that is taken before anything is applied. */
export type BackupMethodArgs = OneOf<BackupMethodChoice>;

/** One backup, or several that are taken one after the other, or none, with the reason. */
export type BackupArgs =
  | OneOf<
      | BackupMethodChoice
      | {
          /** No backup, and the reason, which preview and the report of a failed run show. */ none: string;
        }
    >
  | BackupMethodArgs[];

const methodSchemas = {
  rdsSnapshot: rdsSnapshotSchema.optional(),
  pointInTimeRecovery: pointInTimeRecoverySchema.optional(),
  logicalBackup: logicalBackupSchema.optional(),
  databaseCopy: optionsOf(databaseCopySchemas).optional(),
  existing: existingBackupSchema.optional(),
};

const methodNames = Object.keys(methodSchemas);

const chosen = oneOf({ ...methodSchemas, none: z.string().min(1).optional() }, [...methodNames, "none"]);

const several = z
  .array(oneOf(methodSchemas, methodNames))
  .min(1, 'the list is empty; name the backups to take, or give the reason for none: { none: "<reason>" }');

/** Schema of `backup`. @internal */
export const backupSchema = z.unknown().superRefine((given, context) => {
  const schema = Array.isArray(given) ? several : chosen;
  copyIssues(schema, given, context);
});

/** Every component that takes a backup. */
export type BackupComponent = pulumi.ComponentResource & {
  /** The newest backup, with the command that restores it; undefined until one was needed. */
  readonly backup: pulumi.Output<Backup | undefined>;
};

/** The pipeline's arguments for each backup. */
interface PipelineArgs {
  connection: pulumi.Input<ConnectionArgs>;
  preflight: Preflight;
  checks: ChecksInput | undefined;
  runLockWaitMs: pulumi.Input<number> | undefined;
}

/** Returns the backups in order; an empty list if `none` was chosen. */
export function backupMethods(args: BackupArgs): BackupMethodArgs[] {
  if (Array.isArray(args)) return args;
  return args.none === undefined ? [args] : [];
}

/** The reason for no backup; undefined if one is taken. */
export function noBackupReasonOf(args: BackupArgs): string | undefined {
  return Array.isArray(args) ? undefined : args.none;
}

/** Creates the component that takes one backup. */
export function createBackup(
  name: string,
  method: BackupMethodArgs,
  { pipeline, opts }: { pipeline: PipelineArgs; opts: pulumi.ComponentResourceOptions },
): BackupComponent {
  const { connection, preflight, runLockWaitMs } = pipeline;
  if (method.rdsSnapshot !== undefined)
    return new RdsSnapshot(
      name,
      { ...method.rdsSnapshot, connection, preflight, checks: checksThatHold(pipeline) },
      opts,
    );
  if (method.pointInTimeRecovery !== undefined)
    return new PointInTimeRecovery(name, { ...method.pointInTimeRecovery, connection, preflight }, opts);
  if (method.logicalBackup !== undefined)
    return new LogicalBackup(name, { ...method.logicalBackup, connection, preflight }, opts);
  if (method.databaseCopy !== undefined)
    return new DatabaseCopy(name, { ...method.databaseCopy, connection, preflight, runLockWaitMs }, opts);
  return new ExistingBackup(name, { ...method.existing, connection, preflight }, opts);
}

/** Checks that hold before the run must hold in a restored database; the migrations bring about the others. */
function checksThatHold({ checks, preflight }: PipelineArgs): pulumi.Output<Check[]> {
  return pulumi
    .all([checksHere(preflight, checks), preflight.checkResults])
    .apply(async ([definitions, results]) => {
      const held = new Set(results.filter(({ outcome }) => outcome === "holds").map(({ check }) => check));
      return checksOfDatabase(await readChecks(definitions)).filter(({ name }) => held.has(name));
    });
}
