import type * as pulumi from "@pulumi/pulumi";
import { loadResources } from "./resources-module.ts";

/** The nouns that have a custom resource. They are in users' state: none is ever renamed or removed. */
export type Noun =
  | "backup-identity"
  | "command-attempt"
  | "command-run"
  | "database-copy"
  | "existing-backup"
  | "logical-backup"
  | "migration-run"
  | "preflight"
  | "rds-restore-proof"
  | "rds-snapshot"
  | "rds-snapshot-retention"
  | "restore-point"
  | "verification"
  | "watch";

/** Inputs and outputs as the engine passes them: plain data, secrets in clear. */
export type Properties = Record<string, unknown>;

/**
 * The provider that is stored in users' state, and that later versions of this package must serve. It holds the noun
 * and the lookup of the module that does the work, but neither a path nor any of the work, so that state does not age.
 */
export function dynamicProvider(noun: Noun): pulumi.dynamic.ResourceProvider {
  return {
    read: async (id: pulumi.ID, outs: Properties) => {
      const resources = await loadResources();
      return { id, props: await resources.providerOf(noun).read(outs) };
    },
    check: async (olds: Properties, news: Properties) => {
      const resources = await loadResources();
      const { inputs, failure } = await resources.providerOf(noun).check(news, olds);
      return { inputs, failures: failure === undefined ? [] : [{ property: "", reason: failure }] };
    },
    diff: async (_id: pulumi.ID, olds: Properties, news: Properties) => {
      const resources = await loadResources();
      return resources.providerOf(noun).diff(olds, news);
    },
    create: async (inputs: Properties) => {
      const resources = await loadResources();
      return resources.providerOf(noun).create(inputs);
    },
    update: async (_id: pulumi.ID, olds: Properties, news: Properties) => {
      const resources = await loadResources();
      return { outs: (await resources.providerOf(noun).create(news, olds)).outs };
    },
    delete: async (_id: pulumi.ID, outs: Properties) => {
      try {
        const resources = await loadResources();
        await resources.providerOf(noun).farewell(outs);
      } catch {
        // A missing package or message must not prevent the destruction of a stack.
      }
    },
  };
}
