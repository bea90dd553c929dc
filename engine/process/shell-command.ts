import { type ChildProcess, spawn } from "node:child_process";
import { inheritedEnvironment } from "./inherited-environment.ts";
import { MaskedLines } from "./masked-lines.ts";
import { exitStatus, stopGroup } from "./process-group.ts";

/** A command that does not get the connection. */
export interface ShellCommand {
  /** The command line for `sh -c`. */
  command: string;
  /** The working directory. Default: that of this process. */
  directory?: string | undefined;
  /** Variables in addition to those of this process. Default: none. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** Time limit, milliseconds. Beyond it, the command and all that it has started are stopped. */
  timeoutMs: number;
  /** Masks the secrets in a line. It also reveals which variables would pass a secret on. */
  redact: (text: string) => string;
}

/** The result of a command. */
export interface ShellEnding {
  /** Its exit status, or why it has none. */
  status: number | string;
  /** Its last line of output, masked and cut; undefined if it wrote none. */
  lastLine: string | undefined;
}

/** Time that a stopped command may take to end before it is killed, milliseconds. */
const graceMs = 2000;

/**
 * Time that output may continue after everything was stopped, milliseconds: a process that left the group may hold it
 * open forever.
 */
const outputEndMs = 2000;

const longestLine = 200;

/** Runs a command in a separate process group; none of its processes remains after it has ended. */
export async function runShellCommand(shell: ShellCommand): Promise<ShellEnding> {
  const { command, directory, environment, timeoutMs } = shell;
  const child = spawn("/bin/sh", ["-c", command], {
    cwd: directory,
    env: { ...environmentWithoutSecrets(shell), ...environment },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let lastLine: string | undefined;
  const endLines = readLines(child, (line) => {
    if (line.trim() !== "") lastLine = shell.redact(line.trim()).slice(0, longestLine);
  });
  const late = new AbortController();
  const lateness = setTimeout(() => {
    late.abort();
    void stopGroup(child, { signal: "SIGTERM", graceMs });
  }, timeoutMs);
  const status = await statusOf(child);
  clearTimeout(lateness);
  await stopGroup(child, { signal: "SIGTERM", graceMs });
  endLines();
  return { status: late.signal.aborted ? `none within ${timeoutMs} ms` : status, lastLine };
}

async function statusOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`not started: ${error.message}`));
    child.on("close", (code, signal) => resolve(exitStatus(code, signal)));
    child.on("exit", (code, signal) => {
      // A process that is still running would hold the output open.
      void stopGroup(child, { signal: "SIGTERM", graceMs });
      setTimeout(() => resolve(exitStatus(code, signal)), graceMs + outputEndMs).unref();
    });
  });
}

/** Reads a child's output line by line; returns a function that stops it. */
function readLines(child: ChildProcess, write: (line: string) => void): () => void {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const ends = streams.map((stream) => {
    const lines = new MaskedLines([], write);
    stream.setEncoding("utf8").on("data", (chunk: string) => lines.push(chunk));
    return () => {
      lines.end();
      stream.destroy();
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

function environmentWithoutSecrets({ redact }: ShellCommand): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inheritedEnvironment()).filter(([name, value]) => {
      if (name === "PGPASSWORD") return false;
      const masked = redact(value);
      // A short password occurs in many paths, so a value is withheld only if it is the password itself or an address
      // with it.
      return masked === value || (masked !== "[secret]" && !/:\/\/|password\s*=/i.test(value));
    }),
  );
}
