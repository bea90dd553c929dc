import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { settled } from "./settled.ts";
import { printable } from "../engine/foreign-text.ts";

/** The display while another provider creates a resource without reporting. */
interface CreationProgressArgs {
  /** The resource that is being created. */
  resource: pulumi.CustomResource;
  /** The component on whose row it is shown. */
  on: pulumi.Resource;
  /** Milliseconds between two looks. */
  everyMs: number;
  /** Returns the progress; undefined if unknown. */
  look: () => Promise<string | undefined>;
}

/** Shows the progress of a resource while Pulumi creates it. */
export async function showCreationProgress({
  resource,
  on,
  everyMs,
  look,
}: CreationProgressArgs): Promise<void> {
  const creation = new AbortController();
  const end = (): void => creation.abort();
  void settled(resource.id).then(end, end);
  for (;;) {
    try {
      await sleep(everyMs, undefined, { ref: false, signal: creation.signal });
    } catch {
      return;
    }
    const status = await look().catch(() => undefined);
    if (status !== undefined) await pulumi.log.info(printable(status), on, undefined, true);
  }
}
