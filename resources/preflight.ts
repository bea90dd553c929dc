import * as pulumi from "@pulumi/pulumi";
import type { Connection, FolderRequest, PlanOptions } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";

/** Inputs of the preflight resource. */
export interface PreflightInputs {
  connection: Connection;
  /** The way to read the folder. */
  folder: FolderRequest;
  planOptions: PlanOptions;
  createDatabase: boolean;
  copiesDatabase: boolean;
  /** Names of the pending migrations. If there are none, nothing is inspected again. */
  pending: string[];
}

/** Confirms once more, immediately before the backup, that a run can start, and creates a missing database. */
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

/** The findings of the preflight. */
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
