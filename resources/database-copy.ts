import * as pulumi from "@pulumi/pulumi";
import type { Backup, Connection, FolderRequest } from "../engine/index.ts";
import { type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { isDue } from "./due.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the database copy resource. */
export interface DatabaseCopyInputs {
  connection: Connection;
  terminateSessions: boolean;
  retain: number;
  maintenanceDatabase: string;
  /** Names of the pending migrations that the copy precedes. If there are none, no copy is taken. */
  pending: string[] | undefined;
  /**
   * The folder of the run that it is taken for; its ledger tells copies apart. Mere files have no ledger that could
   * move on while the copy is made.
   */
  folder: FolderRequest | undefined;
  runLockWaitMs: number | undefined;
  /** Without pending migrations: a copy is taken at first, and again when these change. */
  triggers: string[];
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** The newest copy of a database. Taken anew by each update; deleting the resource leaves every copy alone. */
export class DatabaseCopyResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, inputs: Unresolved<DatabaseCopyInputs>, opts: pulumi.CustomResourceOptions) {
    super("database-copy", name, {
      inputs,
      outputs: ["backup"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** The copy that was taken, and its triggers. */
interface DatabaseCopyOutputs {
  backup: Backup | undefined;
  triggers: readonly string[];
}

/** Serves `DatabaseCopyResource`. */
export const databaseCopyProvider: Provider<DatabaseCopyInputs, DatabaseCopyOutputs> = {
  diff: (olds, news) => ({ changes: isDue(olds, news, "triggers") }),

  async create(inputs, olds) {
    const { triggers } = inputs;
    if (!isDue(olds, inputs, "triggers"))
      return { id: "database-copy", outs: { triggers, backup: olds.backup } };
    const engine = await import("../engine/index.ts");
    const request = inputs.folder;
    const folder = request && (await engine.readCommandFolder(request));
    const progress = progressOf(inputs.progressUrn);
    const backup = await engine.copyDatabase({
      connection: inputs.connection,
      terminateSessions: inputs.terminateSessions,
      retain: inputs.retain,
      maintenanceDatabase: inputs.maintenanceDatabase,
      ledger: folder && !engine.isFilesFolder(folder) ? engine.ledgerPositions(folder) : undefined,
      runLockWaitMs: inputs.runLockWaitMs,
      onProgress: progress.status,
    });
    return { id: "database-copy", outs: { backup: proveBackup(backup), triggers } };
  },
};
