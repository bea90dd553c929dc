import * as pulumi from "@pulumi/pulumi";
import type { Check, Connection, WatchLook } from "../engine/index.ts";
import { isPending, type Properties, type Provider } from "./dynamic-provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { reportedError } from "./reported-error.ts";

/** Inputs of the watch resource. */
export interface WatchInputs {
  connection: pulumi.Input<Connection>;
  checks: pulumi.Input<Check[]>;
  durationMs: pulumi.Input<number>;
  intervalMs: pulumi.Input<number>;
  tolerated: pulumi.Input<number>;
  /** From which factor on a statement that takes longer than before is told. */
  slowerFactor: pulumi.Input<number>;
  /** What was applied: each is watched once. */
  digest: pulumi.Input<string>;
  /** Names of the migrations that were pending before the run; without any there is only one look. */
  pending: pulumi.Input<string[]>;
  /** The resource on whose row it is shown how things stand. */
  progressUrn: pulumi.Input<string>;
}

/** A database that was followed for a while after a run, and stayed well. */
export class WatchResource extends PackageResource {
  /** How often it was looked. */
  declare readonly looks: pulumi.Output<number>;

  constructor(name: string, inputs: WatchInputs, opts: pulumi.CustomResourceOptions) {
    super("watch", name, {
      inputs,
      outputs: ["looks"],
      opts,
    });
  }
}

/** What the resource does. */
export const watchProvider: Provider = {
  diff: (olds, news) => ({ changes: isPending(news) || olds["digest"] !== news["digest"] }),

  async create(inputs: Properties) {
    const { readChecks, slowerReport, watchDatabase, watchReport } = await import("../engine/index.ts");
    const progress = progressOf(inputs["progressUrn"]);
    const hasRun = isPending(inputs);
    const result = await watchDatabase({
      connection: inputs["connection"] as Connection,
      checks: await readChecks(inputs["checks"] as unknown[]),
      durationMs: hasRun ? Number(inputs["durationMs"]) : 0,
      intervalMs: Number(inputs["intervalMs"]),
      // The only look there is has to be a good one.
      tolerated: hasRun ? Number(inputs["tolerated"]) : 0,
      slowerFactor: Number(inputs["slowerFactor"]),
      onLook: (look) => progress.status(describe(look)),
    });
    const slower = slowerReport(result.slower);
    if (slower !== undefined) progress.note(slower);
    const report = watchReport(result);
    if (result.alarms.some(({ severity }) => severity === "fail")) throw reportedError(report);
    if (hasRun || result.alarms.length > 0) progress.note(report);
    return { id: "watch", outs: { looks: result.looks, digest: inputs["digest"] } };
  },
};

function describe({ elapsedMs, bad }: WatchLook): string {
  const state = bad.length === 0 ? "all signals are well" : `bad: ${bad.join(", ")}`;
  return `watching for ${Math.round(elapsedMs / 1000)} s: ${state}`;
}
