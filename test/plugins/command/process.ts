import { spawn } from "node:child_process";

const longestLoggedLine = 64 * 1024;

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
  let isStuck = false;
  const log = lineLogger(report, () => (isStuck = true));
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (chunk: string) => {
      output[stream] += chunk;
      output.both += chunk;
      if (logging === stream || logging === "stdoutAndStderr") log(chunk);
    });
  // A process that does not read is no failure.
  child.stdin.on("error", () => undefined).end(stdin ?? "");
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => resolve(startFailure(error, { program, dir })));
    child.on("close", (code, killedBy) => {
      if (!isStuck) resolve(exitFailure(code, killedBy));
    });
    signal.addEventListener("abort", () => resolve("signal: killed"));
  });
  if (failure !== undefined)
    throw new Error(`${failure}: running ${JSON.stringify(command)}:\n${output.both}`);
  return { stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") };
}

/** The real provider's reader gives up at a longer line, and the process then waits for it for ever. */
function lineLogger(report: (line: string) => void, giveUp: () => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    if ([...lines, rest].some((line) => Buffer.byteLength(line) > longestLoggedLine)) giveUp();
    else lines.forEach(report);
  };
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
