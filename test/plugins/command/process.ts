import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

/** A process to run. */
export interface CommandProcess {
  command: string;
  /** Default: the shell. */
  interpreter: readonly string[] | undefined;
  dir: string | undefined;
  /** Beside the plugin's own environment. */
  environment: Record<string, string>;
  stdin: string | undefined;
  /** Takes each line of the logged streams. */
  logging: "none" | "stderr" | "stdout" | "stdoutAndStderr";
  report: (line: string) => void;
  /** Kills it. */
  signal: AbortSignal;
}

/** Runs a process to its end. Rejects, in the words of the real provider, where it does not succeed. */
export async function runProcess(process_: CommandProcess): Promise<{ stdout: string; stderr: string }> {
  const { command, interpreter, dir, environment, stdin, logging, report, signal } = process_;
  const [program = "/bin/sh", ...args] = interpreter?.length ? interpreter : ["/bin/sh", "-c"];
  const child = spawn(program, [...args, command], {
    cwd: dir,
    env: { ...process.env, ...environment },
    signal,
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", stderr: "", both: "" };
  const logged = new PassThrough();
  createInterface(logged).on("line", report);
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      output[stream] += chunk;
      output.both += chunk;
      if (logging === stream || logging === "stdoutAndStderr") logged.write(chunk);
    });
  // A process that does not read is no failure.
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => resolve(startFailure(error, { program, dir })));
    child.on("close", (code, killedBy) => resolve(exitFailure(code, killedBy)));
  });
  if (failure !== undefined)
    throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${output.both}`);
  return { stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") };
}

function startFailure(
  error: NodeJS.ErrnoException,
  { program, dir }: { program: string; dir: string | undefined },
): string {
  if (error.name === "AbortError") return "signal: killed";
  // Node names the program even where it is the folder that is missing.
  if (error.code === "ENOENT" && dir !== undefined) return `chdir ${dir}: no such file or directory`;
  if (error.code === "ENOENT" && !program.includes("/"))
    return `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return `fork/exec ${program}: ${error.code === "EACCES" ? "permission denied" : "no such file or directory"}`;
}

function exitFailure(code: number | null, killedBy: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  if (code !== null) return `exit status ${code}`;
  const words: Partial<Record<NodeJS.Signals, string>> = {
    SIGKILL: "killed",
    SIGTERM: "terminated",
    SIGINT: "interrupt",
  };
  return `signal: ${killedBy === null ? "unknown" : (words[killedBy] ?? killedBy)}`;
}
