import * as pulumi from "@pulumi/pulumi";
import type { Connection, FolderRequest, PlanOptions } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";

/** Inputs of the preflight resource. */
export interface PreflightInputs {
  connection: Connection;
  /** How the folder is read. */
  folder: FolderRequest;
  planOptions: PlanOptions;
  createDatabase: boolean;
  copiesDatabase: boolean;
  /** Names of the pending migrations: where there are none, nothing is looked at again. */
  pending: string[];
}

/** Looks once more, immediately before the backup, whether a run can begin, and creates a missing database. */
export class PreflightResource extends PackageResource {
  declare readonly serverVersion: pulumi.Output<string>;

  constructor(name: string, inputs: Unresolved<PreflightInputs>, opts: pulumi.CustomResourceOptions) {
    super("preflight", name, {
      inputs,
      outputs: ["serverVersion"],
      opts,
    });
  }
}

/** What the preflight has found. */
interface PreflightOutputs {
  serverVersion: string | undefined;
}

/** Serves `PreflightResource`. */
export const preflightProvider: Provider<PreflightInputs, PreflightOutputs> = {
  diff: (_olds, news) => ({ changes: isPending(news) }),

  async create(inputs) {
    const { createDatabase, preflight, readCommandFolder } = await import("../engine/index.ts");
    const request = { ...inputs, folder: await readCommandFolder(inputs.folder) };
    let found = await preflight(request);
    if (!found.databaseExists) {
      await createDatabase(inputs.connection);
      found = await preflight(request);
    }
    return { id: "preflight", outs: { serverVersion: found.serverVersion } };
  },
};
