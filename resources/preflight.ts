import * as pulumi from "@pulumi/pulumi";
import type { Connection, FolderRequest, PlanOptions } from "../engine/index.ts";
import { isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";

/** Inputs of the preflight resource. */
export interface PreflightInputs {
  connection: pulumi.Input<Connection>;
  /** How the folder is read. */
  folder: pulumi.Input<FolderRequest>;
  planOptions: pulumi.Input<PlanOptions>;
  createDatabase: pulumi.Input<boolean>;
  copiesDatabase: pulumi.Input<boolean>;
  /** Names of the pending migrations: where there are none, nothing is looked at again. */
  pending: pulumi.Input<string[]>;
}

/** Looks once more, immediately before the backup, whether a run can begin, and creates a missing database. */
export class PreflightResource extends PackageResource {
  declare readonly serverVersion: pulumi.Output<string>;

  constructor(name: string, inputs: PreflightInputs, opts: pulumi.CustomResourceOptions) {
    super("preflight", name, {
      inputs,
      outputs: ["serverVersion"],
      opts,
    });
  }
}

/** What the resource does. */
export const preflightProvider: Provider = {
  diff: (_olds, news) => ({ changes: isPending(news) }),

  async create(inputs: Properties) {
    const { createDatabase, preflight, readCommandFolder } = await import("../engine/index.ts");
    const connection = inputs["connection"] as Connection;
    const folder = await readCommandFolder(inputs["folder"] as FolderRequest);
    const request = {
      connection,
      folder,
      planOptions: inputs["planOptions"] as PlanOptions | undefined,
      createDatabase: inputs["createDatabase"] === true,
      copiesDatabase: inputs["copiesDatabase"] === true,
    };
    let found = await preflight(request);
    if (!found.databaseExists) {
      await createDatabase(connection);
      found = await preflight(request);
    }
    return { id: "preflight", outs: { serverVersion: found.serverVersion } };
  },
};
