import { type ChildProcess, spawn } from "node:child_process";
import { MaskedLines } from "./masked-lines.ts";
import { exitStatus, stopGroup } from "./process-group.ts";
import type { SecretSpelling } from "./secret-spelling.ts";

/** A shell command, its surroundings and where its output goes. */
export interface ShellRequest {
  /** The text that `sh -c` runs. */
  command: string;
  /** The working directory. Default: that of this process. */
  directory?: string | undefined;
  env: Readonly<Record<string, string>>;
  /** The secrets that are masked in its output. */
  spellings: readonly SecretSpelling[];
  /** Takes each line, without its end, as it comes. */
  write: (stream: "stderr" | "stdout", line: string) => void;
  /** Called when the shell has ended, while programs that it started may go on. */
  onExit?: (() => void) | undefined;
  /** Milliseconds that output may go on after the shell has ended: a program that it left may hold it open. */
  outputEndMs: number;
}

/** A shell command that is running as the leader of a process group of its own. */
export interface RunningShell {
  /** The exit status, once the output is over. Rejects if the shell cannot be started. */
  status: Promise<number>;
  /** Stops the shell and all programs that it started: by the signal, and by SIGKILL after `graceMs`. */
  stop: (signal: NodeJS.Signals, graceMs: number) => Promise<void>;
}

/** Starts a shell command. */
export function startShell(request: ShellRequest): RunningShell {
  const child = spawn("/bin/sh", ["-c", request.command], {
    cwd: request.directory,
    env: request.env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return {
    status: statusOf(child, request),
    stop: (signal, graceMs) => stopGroup(child, { signal, graceMs }),
  };
}

async function statusOf(child: ChildProcess, request: ShellRequest): Promise<number> {
  const { spellings, write, onExit, outputEndMs } = request;
  const lines = (["stdout", "stderr"] as const).map((stream) => {
    const masked = new MaskedLines(spellings, (line) => write(stream, line));
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => masked.push(chunk));
    return masked;
  });
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(exitStatus(code, signal)));
      child.on("exit", (code, signal) => {
        onExit?.();
        setTimeout(() => resolve(exitStatus(code, signal)), outputEndMs).unref();
      });
    });
  } finally {
    for (const one of lines) one.end();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}
