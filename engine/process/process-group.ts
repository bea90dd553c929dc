import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 100;

/** Longest wait for killed processes, milliseconds. */
const killMs = 2000;

/**
 * Stops a program and all processes that it has started, which are one process group: with the signal, then with
 * SIGKILL if any still exists after `graceMs`. Resolves when none can continue.
 */
export async function stopGroup(
  { pid }: ChildProcess,
  { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  if (pid === undefined || !send(pid, signal)) return;
  const deadline = Date.now() + graceMs;
  while (send(pid, 0)) {
    const lateMs = Date.now() - deadline;
    // In a container whose first process does not reap others, ended processes stay in the group forever.
    if (lateMs >= killMs) return;
    if (lateMs >= 0) send(pid, "SIGKILL");
    await sleep(pollMs);
  }
}

/** The exit status of an ended process, as shells report it. */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** True if a process still receives it. */
function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
