import * as pulumi from "@pulumi/pulumi";
import type {
  AppliedMigration,
  Backup,
  Check,
  Connection,
  FolderRequest,
  PlanOptions,
  ProgressLine,
  RunOptions,
  RunProgress,
  RunResult,
  SessionSettings,
} from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { type Progress, progressOf } from "./progress.ts";
import { requireProvenBackups } from "./proven-backups.ts";
import { reportedError } from "./reported-error.ts";

/** The waiting times of the run and its session. */
type RunSettings = RunOptions & SessionSettings;

/** Inputs of the migration run resource. */
export interface MigrationRunInputs {
  connection: Connection;
  /** The way to read the folder. */
  folder: FolderRequest;
  planOptions: PlanOptions;
  checks: Check[];
  options: RunSettings;
  /** Digest of the whole folder. */
  digest: string;
  /** The ids of the announced steps that a backup was taken for. */
  steps: string[];
  /** The same steps in words. */
  pending: string[];
  /** The backups that were taken before the run; reported if something stays applied. */
  backups: Backup[] | undefined;
  /** The number of them that this deployment must have made or verified before anything pending is applied. */
  requiredBackups: number;
  /** The reason for no backup, if that was chosen. */
  noBackupReason: string | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** The state of a database after its last run. */
export class MigrationRunResource extends PackageResource {
  declare readonly applied: pulumi.Output<AppliedMigration[]>;
  declare readonly version: pulumi.Output<string | undefined>;
  declare readonly digest: pulumi.Output<string>;
  /** The last deployment in which it had work. */
  declare readonly deployment: pulumi.Output<string | undefined>;

  constructor(name: string, inputs: Unresolved<MigrationRunInputs>, opts: pulumi.CustomResourceOptions) {
    super("migration-run", name, {
      inputs,
      outputs: ["applied", "version"],
      opts,
    });
  }
}

/** The outcome of the run. */
interface MigrationRunOutputs {
  applied: readonly AppliedMigration[];
  version: string | undefined;
  digest: string;
}

/** Serves `MigrationRunResource`. */
export const migrationRunProvider: Provider<MigrationRunInputs, MigrationRunOutputs> = {
  diff: (olds, news) => ({ changes: isPending(news) || olds.digest !== news.digest }),

  async create(inputs, olds) {
    const engine = await import("../engine/index.ts");
    // An up that --target limits may leave them out.
    const { backups = [], noBackupReason, options, planOptions } = inputs;
    if (isPending(inputs)) await requireProvenBackups(backups, inputs.requiredBackups);
    const progress = progressOf(inputs.progressUrn);
    const folder = await engine.readFolder(inputs.folder);
    const checks = await engine.readChecks(inputs.checks);
    const database = await engine.connect(inputs.connection, {
      lockTimeoutMs: 2000,
      ...options,
    });
    try {
      const steps = inputs.steps.map((id) => ({ id }));
      const lineOf = engine.runProgressLines();
      const onProgress = (event: RunProgress): void => report(progress, lineOf(event));
      const result = await engine.applyRun({
        ...{ database, folder, steps, planOptions, checks, options, onProgress },
      });
      const { failed } = result;
      const warnings = engine.checkWarnings(result.warnings);
      if (warnings !== undefined) progress.note(warnings);
      if (failed !== undefined)
        throw reportedError(engine.failureReport({ ...result, failed }, { backups, noBackupReason }));
      if (isWorkDone(result)) progress.note(engine.successReport(result));
      else if (isPending(inputs)) progress.note("Another run has applied the pending migrations meanwhile.");
      const applied = result.applied.length > 0 ? result.applied : (olds.applied ?? []);
      const { version } = await engine.planRun({ database, folder });
      return {
        id: "migration-run",
        outs: { applied, version, digest: engine.digestOf(folder.migrations) },
      };
    } finally {
      await database.close();
    }
  },
};

function isWorkDone({ declared, rolledBack, applied }: RunResult): boolean {
  return declared.length + rolledBack.length + applied.length > 0;
}

function report(progress: Progress, line: ProgressLine | undefined): void {
  if (line !== undefined) progress[line.kind](line.text);
}
