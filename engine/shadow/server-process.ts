import { execFile, spawn } from "node:child_process";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { childEnvironment } from "../process/child-environment.ts";
import type { ServerPlace } from "./server-place.ts";

/** The facts that a running server writes into its data directory. */
export interface ServerProcess {
  pid: number;
  port: number;
  isReady: boolean;
}

const readyTimeoutMs = 60_000;

/** The server's process; undefined if it is not running, even if its file remains. */
async function readServerProcess(place: ServerPlace): Promise<ServerProcess | undefined> {
  const [pid, , , port, , , , status] = await readLockFile(place);
  if (!(Number(pid) > 0) || !(await isServerOf(Number(pid), place))) return undefined;
  return { pid: Number(pid), port: Number(port), isReady: status?.trim() === "ready" };
}

/**
 * Waits while a server starts or stops. Resolves to its port once it accepts connections, undefined if it is not
 * running.
 */
export async function waitUntilReady(place: ServerPlace): Promise<number | undefined> {
  const deadline = Date.now() + readyTimeoutMs;
  while (Date.now() < deadline) {
    const server = await readServerProcess(place);
    if (server === undefined) return undefined;
    if (server.isReady) return server.port;
    await sleep(50);
  }
  return undefined;
}

/**
 * Removes the lock file of a killed server whose process ID another process has now. PostgreSQL refuses to start with
 * it; if the ID is free, it replaces the file itself.
 */
export async function removeMisleadingLock(place: ServerPlace): Promise<void> {
  const pid = Number((await readLockFile(place))[0]);
  if (pid > 0 && isInUse(pid) && !(await isServerOf(pid, place))) await rm(lockFile(place), { force: true });
}

/** Ends a server at once, without a checkpoint. Its data must no longer be needed. */
export async function endServer(place: ServerPlace): Promise<void> {
  await signalServer(place, "SIGQUIT");
  await signalServer(place, "SIGKILL");
}

async function signalServer(place: ServerPlace, signal: "SIGQUIT" | "SIGKILL"): Promise<void> {
  const deadline = Date.now() + 10_000;
  const server = await readServerProcess(place);
  if (server === undefined) return;
  process.kill(server.pid, signal);
  while (Date.now() < deadline && (await readServerProcess(place)) !== undefined) await sleep(20);
}

async function readLockFile(place: ServerPlace): Promise<string[]> {
  return await readFile(lockFile(place), "utf8").then(
    (content) => content.split("\n"),
    () => [],
  );
}

function lockFile(place: ServerPlace): string {
  return join(place.data, "postmaster.pid");
}

/** True if a process has this ID. */
export function isInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It exists, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Process IDs are reused, and a killed process can linger. Only the command line identifies it. */
async function isServerOf(pid: number, place: ServerPlace): Promise<boolean> {
  const commandLine =
    process.platform === "linux"
      ? readFile(`/proc/${pid}/cmdline`, "utf8")
      : promisify(execFile)("ps", ["-ww", "-o", "command=", "-p", String(pid)], {
          env: childEnvironment(),
        }).then(({ stdout }) => stdout);
  return await commandLine.then(
    (line) => line.includes(place.data),
    () => false,
  );
}

/** The call of a PostgreSQL program. */
export interface ServerProgram {
  program: string;
  args: readonly string[];
  /** A file for its standard input. Default: none. */
  input?: string;
}

/** Runs a PostgreSQL program as the server's account; its output goes to the server's log. True on success. */
export async function runForServer(place: ServerPlace, called: ServerProgram): Promise<boolean> {
  const log = await open(place.log, "a");
  const input = called.input === undefined ? undefined : await open(called.input);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(called.program, called.args, {
        ...place.account,
        cwd: place.data,
        env: childEnvironment(),
        // Files instead of pipes: a server would hold a pipe open, and with it the program that started it.
        stdio: [input?.fd ?? "ignore", log.fd, log.fd],
      });
      child.on("error", reject);
      child.on("exit", (code) => resolve(code === 0));
    });
  } finally {
    await input?.close();
    await log.close();
  }
}
