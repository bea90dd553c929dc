import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 100;

/**
 * Stops a program and all that it has started, which are one process group: by the signal, and by SIGKILL where
 * something of it is still there after `graceMs`. Resolves when nothing of it is left.
 */
export async function stopGroup(
  { pid }: ChildProcess,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  if (pid === undefined || !send(pid, signal)) return;
  const deadline = Date.now() + graceMs;
  while (send(pid, 0)) {
    if (Date.now() >= deadline) send(pid, "SIGKILL");
    await sleep(pollMs);
  }
}

/** Whether there is still somebody who gets it. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
