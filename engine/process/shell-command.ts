import { type ChildProcess, spawn } from "node:child_process";
import { inheritedEnvironment } from "./inherited-environment.ts";
import { MaskedLines } from "./masked-lines.ts";
import { exitStatus, stopGroup } from "./process-group.ts";

/** A command that does not know of the database. */
export interface ShellCommand {
  /** What `sh -c` runs. */
  command: string;
  /** Where it runs. Default: the folder of this process. */
  directory?: string | undefined;
  /** Variables that it gets besides those of this process. Default: none. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** How long it may take, milliseconds; then it is stopped with all that it has started. */
  timeoutMs: number;
  /** Masks what is secret in a line, and so tells by what variables a secret would be handed on. */
  redact: (text: string) => string;
}

/** How a command has ended. */
export interface ShellEnding {
  /** Its exit status, or why it has none. */
  status: number | string;
  /** The last line that it wrote, masked and cut; undefined where it wrote nothing. */
  lastLine: string | undefined;
}

/** How long what is stopped may take to end before it is killed. */
const graceMs = 2000;

/** How long output may go on after everything was stopped: something that left the group may hold it open for ever. */
const outputEndMs = 2000;

const longestLine = 200;

/** Runs a command in a process group of its own; nothing of it is left when it has ended. */
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
      // What it has left running would hold its output open.
      void stopGroup(child, { signal: "SIGTERM", graceMs });
      setTimeout(() => resolve(exitStatus(code, signal)), graceMs + outputEndMs).unref();
    });
  });
}

/** Reads what a child writes, line by line; gives what ends it. */
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
      // A short password occurs in many a path: what is withheld is the password itself, and an address with it.
      return masked === value || (masked !== "[secret]" && !/:\/\/|password\s*=/i.test(value));
    }),
  );
}
