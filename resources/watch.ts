import * as pulumi from "@pulumi/pulumi";
import type { Check, Connection, WatchLook } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";
import { reportedError } from "./reported-error.ts";

/** Inputs of the watch resource. */
export interface WatchInputs {
  connection: Connection;
  checks: Check[];
  durationMs: number;
  intervalMs: number;
  tolerated: number;
  /** The factor from which a statement that takes longer than before is reported. */
  slowerFactor: number;
  /** The applied folder: each is watched once. */
  digest: string;
  /** Names of the migrations that were pending before the run. Without any, the signals are evaluated only once. */
  pending: string[];
  /** The resource on whose row the state of the signals is shown. */
  progressUrn: string;
}

/** A database that was watched for a while after a run, and stayed well. */
export class WatchResource extends PackageResource {
  /** The number of evaluations. */
  declare readonly looks: pulumi.Output<number>;

  constructor(name: string, inputs: Unresolved<WatchInputs>, opts: pulumi.CustomResourceOptions) {
    super("watch", name, {
      inputs,
      outputs: ["looks"],
      opts,
    });
  }
}

/** The number of evaluations, and the run that they followed. */
interface WatchOutputs {
  looks: number;
  digest: string;
}

/** Serves `WatchResource`. */
export const watchProvider: Provider<WatchInputs, WatchOutputs> = {
  diff: (olds, news) => ({ changes: isPending(news) || olds.digest !== news.digest }),

  async create(inputs) {
    const { readChecks, slowerReport, watchDatabase, watchReport } = await import("../engine/index.ts");
    const progress = progressOf(inputs.progressUrn);
    const hasRun = isPending(inputs);
    const result = await watchDatabase({
      connection: inputs.connection,
      checks: await readChecks(inputs.checks),
      durationMs: hasRun ? inputs.durationMs : 0,
      intervalMs: inputs.intervalMs,
      // The only evaluation must be a good one.
      tolerated: hasRun ? inputs.tolerated : 0,
      slowerFactor: inputs.slowerFactor,
      onLook: (look) => progress.status(describe(look)),
    });
    const slower = slowerReport(result.slower);
    if (slower !== undefined) progress.note(slower);
    const report = watchReport(result);
    if (result.alarms.some(({ severity }) => severity === "fail")) throw reportedError(report);
    if (hasRun || result.alarms.length > 0) progress.note(report);
    return { id: "watch", outs: { looks: result.looks, digest: inputs.digest } };
  },
};

function describe({ elapsedMs, bad }: WatchLook): string {
  const state = bad.length === 0 ? "all signals are well" : `bad: ${bad.join(", ")}`;
  return `watching for ${Math.round(elapsedMs / 1000)} s: ${state}`;
}
