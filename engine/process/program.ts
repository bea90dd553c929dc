import { spawn } from "node:child_process";
import { exitStatus } from "./process-group.ts";

/** A program, its arguments and environment. */
export interface Program {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
}

/** The result of a program. */
export interface ProgramEnding {
  /** The exit status; for a program that a signal has ended, 128 plus the number of the signal. */
  status: number;
  stdout: string;
  /** Its end, if it is long. */
  stderr: string;
}

/** The length of error output that is kept, characters. */
export const longestStderr = 20_000;

/** Runs a program to its end. Rejects if it cannot be started. */
export async function runProgramToEnd({ program, args, env }: Program): Promise<ProgramEnding> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const stdout: string[] = [];
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-longestStderr);
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ status: exitStatus(code, signal), stdout: stdout.join(""), stderr: stderr.trim() }),
    );
  });
}
