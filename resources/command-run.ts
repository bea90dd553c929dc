import * as pulumi from "@pulumi/pulumi";
import type { Backup, Check, Connection, Database, FolderRequest, WayBack } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { reportedError } from "./reported-error.ts";

/** Inputs of the resource that verifies a tool's work. */
export interface CommandRunInputs {
  connection: Connection;
  /** The way to read the folder. */
  folder: FolderRequest;
  /** The command that ran, for messages. */
  command: string;
  /** The attempt that it belongs to. */
  attempt: string | undefined;
  checks: Check[];
  /** Digest of the whole folder. */
  digest: string;
  /** Names of the migrations that were pending before. */
  pending: string[];
  /** The backups that were taken before the run. */
  backups: Backup[] | undefined;
  /** The reason for no backup, if that was chosen. */
  noBackupReason: string | undefined;
  /** The resource on whose row the applied migrations are shown. */
  progressUrn: string;
}

/** The state of a database after the last run of a tool: nothing is pending, and every check holds. */
export class CommandRunResource extends PackageResource {
  declare readonly applied: pulumi.Output<string[]>;
  declare readonly version: pulumi.Output<string | undefined>;
  declare readonly digest: pulumi.Output<string>;
  /** The last deployment in which it had work. */
  declare readonly deployment: pulumi.Output<string | undefined>;

  constructor(name: string, inputs: Unresolved<CommandRunInputs>, opts: pulumi.CustomResourceOptions) {
    super("command-run", name, {
      inputs,
      outputs: ["applied", "version"],
      opts,
    });
  }
}

/** The outcome of the tool's run. */
interface CommandRunOutputs {
  applied: readonly string[];
  version: string | undefined;
  digest: string;
  attempt: string | undefined;
}

/** Serves `CommandRunResource`. */
export const commandRunProvider: Provider<CommandRunInputs, CommandRunOutputs> = {
  diff: (olds, news) => ({
    changes: isPending(news) || olds.digest !== news.digest || olds.attempt !== news.attempt,
  }),

  async create(inputs, olds) {
    const { connect } = await import("../engine/index.ts");
    const database = await connect(inputs.connection, { lockTimeoutMs: 10_000 });
    try {
      const version = await requireApplied(database, inputs);
      await requireChecks(database, inputs);
      const pending = inputs.pending;
      const applied = pending.length > 0 ? pending : (olds.applied ?? []);
      if (pending.length > 0)
        progressOf(inputs.progressUrn).note(`Applied by ${inputs.command}: ${pending.join(", ")}`);
      const { attempt, digest } = inputs;
      return { id: "command-run", outs: { applied, version, digest, attempt } };
    } finally {
      await database.close();
    }
  },
};

/** Rejects if the tool left something pending; records its success if it has no known ledger. */
async function requireApplied(database: Database, inputs: CommandRunInputs): Promise<string | undefined> {
  const { isFilesFolder, leftoverReport, planRun, readCommandFolder, recordFiles, stepsOf } =
    await import("../engine/index.ts");
  const folder = await readCommandFolder(inputs.folder);
  if (isFilesFolder(folder)) {
    // The files as they were before the tool started; later ones are pending.
    if (isPending(inputs)) await recordFiles(database, { digest: inputs.digest });
    return undefined;
  }
  const plan = await planRun({ database, folder });
  const { failed, version } = plan;
  const left = {
    pending: stepsOf(plan, "apply").map(({ name }) => name),
    failed: failed.map(({ name }) => name),
  };
  const report = leftoverReport(inputs.command, left, wayBackOf(inputs));
  if (report !== undefined) throw reportedError(report);
  return version;
}

async function requireChecks(database: Database, inputs: CommandRunInputs): Promise<void> {
  const { checksAt, commandViolations, readChecks, runChecks } = await import("../engine/index.ts");
  const results = await runChecks({
    database,
    checks: checksAt(await readChecks(inputs.checks), "inside", "after"),
  });
  const report = commandViolations(inputs.command, results, wayBackOf(inputs));
  if (report !== undefined) throw reportedError(report);
}

function wayBackOf(inputs: CommandRunInputs): WayBack {
  return {
    backups: inputs.backups ?? [],
    noBackupReason: inputs.noBackupReason,
  };
}
