import { setTimeout as sleep } from "node:timers/promises";

/** What is waited for. */
export interface Wait<Resource> {
  find(): Promise<Resource | undefined>;
  statusOf(resource: Resource): string | undefined;
  /** States in which it goes on. */
  pending: readonly string[];
  /** States in which it ends; none: until the resource is gone. */
  target: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
  /** What is added to an error. */
  describe?: (resource: Resource) => string;
}

const missingChecks = 20;

/** Tests need not wait as long as between two looks of the real provider, which are 10 s. */
const pollIntervalMs = Number(process.env["TEST_AWS_POLL_INTERVAL_MS"] ?? 100);

/** Waits for a resource's state. Rejects in the words of the real provider. */
export async function waitForState<Resource>(wait: Wait<Resource>): Promise<Resource | undefined> {
  const { pending, target, timeoutMs, signal, describe } = wait;
  const deadlineMs = Date.now() + timeoutMs;
  let missing = 0;
  for (;;) {
    await pause(Math.max(1, Math.min(pollIntervalMs, deadlineMs - Date.now())), signal);
    const resource = await wait.find();
    if (resource === undefined && target.length === 0) return undefined;
    if (resource === undefined && ++missing > missingChecks)
      throw new Error(`couldn't find resource (${missing} retries)`);
    const state = resource === undefined ? "" : (wait.statusOf(resource) ?? "");
    if (resource !== undefined && target.includes(state)) return resource;
    const lastError = resource && describe?.(resource);
    if (resource !== undefined && !pending.includes(state))
      throw new Error(
        `unexpected state '${state}', wanted target '${target.join(", ")}'. last error: ${lastError ?? "%!s(<nil>)"}`,
      );
    if (Date.now() >= deadlineMs) {
      const expected = target.length === 0 ? "resource to be gone" : `state to become '${target.join(", ")}'`;
      const last = state === "" ? "" : `last state: '${state}', `;
      throw new Error(
        `timeout while waiting for ${expected} (${last}timeout: ${goDuration(timeoutMs)})` +
          (lastError === undefined ? "" : `: ${lastError}`),
      );
    }
  }
}

/** Repeats a step as long as its failure is of that kind and there is time. */
export async function repeatWhile<Result>(
  step: () => Promise<Result>,
  isPassing: (error: unknown) => boolean,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Result> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!isPassing(error) || Date.now() >= deadlineMs) throw error;
    }
    await pause(pollIntervalMs, signal);
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => {
    throw new Error("context canceled");
  });
}

/** A duration as Go writes it: `20m0s`. */
function goDuration(durationMs: number): string {
  const seconds = durationMs / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
