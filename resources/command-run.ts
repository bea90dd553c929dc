import * as pulumi from "@pulumi/pulumi";
import type { Backup, Check, Connection, Database, FolderRequest, WayBack } from "../engine/index.ts";
import { isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { reportedError } from "./reported-error.ts";

/** Inputs of the resource that looks what a tool has done. */
export interface CommandRunInputs {
  connection: pulumi.Input<Connection>;
  /** How the folder is read. */
  folder: pulumi.Input<FolderRequest>;
  /** What was run, for messages. */
  command: pulumi.Input<string>;
  /** Which attempt it was. */
  attempt: pulumi.Input<string | undefined>;
  checks: pulumi.Input<Check[]>;
  /** Digest of the whole folder. */
  digest: pulumi.Input<string>;
  /** Names of the migrations that were pending before. */
  pending: pulumi.Input<string[]>;
  /** The ways back that were taken before the run. */
  backups: pulumi.Input<Backup[]>;
  /** Why there is none, where that was chosen. */
  noBackupReason: pulumi.Input<string> | undefined;
  /** The resource on whose row it is said what was applied. */
  progressUrn: pulumi.Input<string>;
}

/** The state of a database after its last run of a tool: nothing is left, and every check holds. */
export class CommandRunResource extends PackageResource {
  declare readonly applied: pulumi.Output<string[]>;
  declare readonly version: pulumi.Output<string | undefined>;
  declare readonly digest: pulumi.Output<string>;
  /** The deployment that it last had work in. */
  declare readonly deployment: pulumi.Output<string | undefined>;

  constructor(name: string, inputs: CommandRunInputs, opts: pulumi.CustomResourceOptions) {
    super("command-run", name, {
      inputs,
      outputs: ["applied", "version"],
      opts,
    });
  }
}

/** What the resource does. */
export const commandRunProvider: Provider = {
  diff: (olds, news) => ({
    changes: isPending(news) || olds["digest"] !== news["digest"] || olds["attempt"] !== news["attempt"],
  }),

  async create(inputs: Properties, olds: Properties = {}) {
    const { connect } = await import("../engine/index.ts");
    const database = await connect(inputs["connection"] as Connection, { lockTimeoutMs: 10_000 });
    try {
      const version = await requireApplied(database, inputs);
      await requireChecks(database, inputs);
      const pending = inputs["pending"] as string[];
      const applied = pending.length > 0 ? pending : (olds["applied"] ?? []);
      if (pending.length > 0)
        progressOf(inputs["progressUrn"]).note(
          `Applied by ${String(inputs["command"])}: ${pending.join(", ")}`,
        );
      const { attempt, digest } = inputs;
      return { id: "command-run", outs: { applied, version, digest, attempt } };
    } finally {
      await database.close();
    }
  },
};

/** Rejects where the tool has left something; records its success where no ledger of its own is known. */
async function requireApplied(database: Database, inputs: Properties): Promise<string | undefined> {
  const { isFilesFolder, leftoverReport, planRun, readCommandFolder, recordFiles } =
    await import("../engine/index.ts");
  const folder = await readCommandFolder(inputs["folder"] as FolderRequest);
  if (isFilesFolder(folder)) {
    // What was there before the tool was started: what has come since is pending.
    if (isPending(inputs)) await recordFiles(database, { digest: inputs["digest"] as string });
    return undefined;
  }
  const { pending, failed, version } = await planRun({ database, folder });
  const left = { pending: pending.map(({ name }) => name), failed: failed.map(({ name }) => name) };
  const report = leftoverReport(inputs["command"] as string, left, wayBackOf(inputs));
  if (report !== undefined) throw reportedError(report);
  return version;
}

async function requireChecks(database: Database, inputs: Properties): Promise<void> {
  const { checksAt, commandViolations, readChecks, runChecks } = await import("../engine/index.ts");
  const results = await runChecks({
    database,
    checks: checksAt(await readChecks((inputs["checks"] ?? []) as unknown[]), "inside", "after"),
  });
  const report = commandViolations(inputs["command"] as string, results, wayBackOf(inputs));
  if (report !== undefined) throw reportedError(report);
}

function wayBackOf(inputs: Properties): WayBack {
  return {
    backups: (inputs["backups"] ?? []) as Backup[],
    noBackupReason: inputs["noBackupReason"] as string | undefined,
  };
}
