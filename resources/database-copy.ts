import * as pulumi from "@pulumi/pulumi";
import type { Backup, Connection, FolderRequest } from "../engine/index.ts";
import { type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { isDue } from "./due.ts";
import { progressOf } from "./progress.ts";
import { proveBackup } from "./proven-backups.ts";

/** Inputs of the database copy resource. */
export interface DatabaseCopyInputs {
  connection: pulumi.Input<Connection>;
  terminateSessions: pulumi.Input<boolean>;
  retain: pulumi.Input<number>;
  maintenanceDatabase: pulumi.Input<string>;
  /** Names of the pending migrations that it is taken before; where there are none, no copy is taken. */
  pending: pulumi.Input<string[]> | undefined;
  /**
   * The folder of the run that it is taken for; its ledger tells copies apart. Mere files have no ledger that could
   * move on while the copy is made.
   */
  folder: pulumi.Input<FolderRequest> | undefined;
  runLockWaitMs: pulumi.Input<number> | undefined;
  /** Where no pending migrations are given: a copy is taken at first, and again when these change. */
  triggers: pulumi.Input<string[]>;
  /** The resource on whose row progress is shown. */
  progressUrn: pulumi.Input<string>;
}

/** The newest copy of a database. Taken anew by each update; deleting the resource leaves every copy alone. */
export class DatabaseCopyResource extends PackageResource {
  declare readonly backup: pulumi.Output<Backup | undefined>;

  constructor(name: string, inputs: DatabaseCopyInputs, opts: pulumi.CustomResourceOptions) {
    super("database-copy", name, {
      inputs,
      outputs: ["backup"],
      opts: pulumi.mergeOptions(opts, { retainOnDelete: true }),
    });
  }
}

/** What the resource does. */
export const databaseCopyProvider: Provider = {
  diff: (olds, news) => ({ changes: isDue(olds, news, "triggers") }),

  async create(inputs: Properties, olds: Properties = {}) {
    const { triggers } = inputs;
    if (!isDue(olds, inputs, "triggers"))
      return { id: "database-copy", outs: { triggers, backup: olds["backup"] } };
    const engine = await import("../engine/index.ts");
    const request = inputs["folder"] as FolderRequest | undefined;
    const folder = request && (await engine.readCommandFolder(request));
    const progress = progressOf(inputs["progressUrn"]);
    const backup = await engine.copyDatabase({
      connection: inputs["connection"] as Connection,
      terminateSessions: inputs["terminateSessions"] === true,
      retain: inputs["retain"] as number,
      maintenanceDatabase: inputs["maintenanceDatabase"] as string,
      ledger: folder && !engine.isFilesFolder(folder) ? engine.ledgerPositions(folder) : undefined,
      runLockWaitMs: inputs["runLockWaitMs"] as number | undefined,
      onProgress: progress.status,
    });
    return { id: "database-copy", outs: { backup: proveBackup(backup), triggers } };
  },
};
