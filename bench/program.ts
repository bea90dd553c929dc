import { spawn } from "node:child_process";

/** How a program is run. */
export interface ProgramOptions {
  /** Variables beside those of this process. Default: none. */
  environment?: Record<string, string> | undefined;
  /** The working directory. Default: that of this process. */
  directory?: string | undefined;
}

/** Runs a program to its end and gives what it wrote to its standard output. Rejects where it fails. */
export async function runProgram(
  program: string,
  words: string[],
  { environment = {}, directory }: ProgramOptions = {},
): Promise<string> {
  const child = spawn(program, words, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => output.push(text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output.join(""));
      else
        reject(new Error(`${program} ended with ${code}:\n${[...output, ...errors].join("").slice(-2000)}`));
    });
  });
}
