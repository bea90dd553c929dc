import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 100;

/** How long to wait for what has been killed. */
const killMs = 2000;

/**
 * Stops a program and all that it has started, which are one process group: by the signal, and by SIGKILL where
 * something of it is still there after `graceMs`. Resolves when nothing of it is left that could go on.
 */
export async function stopGroup(
  { pid }: ChildProcess,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  if (pid === undefined || !send(pid, signal)) return;
  const deadline = Date.now() + graceMs;
  while (send(pid, 0)) {
    const lateMs = Date.now() - deadline;
    // In a container whose first process collects no others, what has ended stays in the group for ever.
    if (lateMs >= killMs) return;
    if (lateMs >= 0) send(pid, "SIGKILL");
    await sleep(pollMs);
  }
}

/** The exit status of a process that has ended, as shells give it. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Whether there is still somebody who gets it. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
