import { spawn } from "node:child_process";
import { exitStatus } from "./process-group.ts";

/** A program to run, and all that it is given. */
export interface Program {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
}

/** How a program has ended, and what it wrote. */
export interface ProgramEnding {
  /** The exit status; of a program that a signal has ended, 128 and the number of the signal. */
  status: number;
  stdout: string;
  /** The end of it, if it is long. */
  stderr: string;
}

/** The end of what a program wrote about an error is enough, characters. */
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
