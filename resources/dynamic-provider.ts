import type * as pulumi from "@pulumi/pulumi";

/** The nouns that have a custom resource. They stand in users' state: none is ever renamed or removed. */
export type Noun = "preflight" | "database-copy" | "migration-run" | "verification";

/** Inputs and outputs as the engine hands them over: plain data, secrets in clear. */
export type Properties = Record<string, unknown>;

/** What a resource does; the part of a dynamic provider that is not stored in state. */
export interface Provider {
  /** What is wrong with the inputs, in preview and in up; undefined where nothing is. */
  check?: (news: Properties) => string | undefined;
  diff: (
    olds: Properties,
    news: Properties,
  ) => pulumi.dynamic.DiffResult | Promise<pulumi.dynamic.DiffResult>;
  /** Serves update as well, which hands over the old outputs. */
  create: (inputs: Properties, olds?: Properties) => Promise<{ id: string; outs: Properties }>;
}

/**
 * The provider that is stored in users' state, and that later versions of this package have to serve. It holds
 * nothing but the noun and the name of the module that does the work, so that state neither grows nor ages.
 */
export function dynamicProvider(noun: Noun): pulumi.dynamic.ResourceProvider {
  return {
    check: async (_olds: Properties, news: Properties) => {
      const resources = await import("pulumi-pg-migrations/resources");
      const reason = resources.providerOf(noun).check?.(news);
      return { inputs: news, failures: reason === undefined ? [] : [{ property: "", reason }] };
    },
    diff: async (_id: pulumi.ID, olds: Properties, news: Properties) => {
      const resources = await import("pulumi-pg-migrations/resources");
      return resources.providerOf(noun).diff(olds, news);
    },
    create: async (inputs: Properties) => {
      const resources = await import("pulumi-pg-migrations/resources");
      return resources.providerOf(noun).create(inputs);
    },
    update: async (_id: pulumi.ID, olds: Properties, news: Properties) => {
      const resources = await import("pulumi-pg-migrations/resources");
      return { outs: (await resources.providerOf(noun).create(news, olds)).outs };
    },
  };
}

/** Whether an input lists something. In a preview of a database that is yet to be made it is not a list at all. */
export function isPending(news: Properties): boolean {
  const pending = news["pending"];
  return !Array.isArray(pending) || pending.length > 0;
}
