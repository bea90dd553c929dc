import { spawn } from "node:child_process";
import { withoutSecrets } from "../../postgres/session/redaction.ts";
import { childEnvironment, variablesOfLibpq } from "../../process/child-environment.ts";
import { BackupError } from "../backup.ts";
import { foreignLines } from "../../foreign-text.ts";

/** How a program ended, and what it wrote. */
export interface ProgramResult {
  succeeded: boolean;
  stdout: string;
  /** Its end, where it is long, without passwords: pg_restore repeats statements that fail. */
  stderr: string;
}

const longestError = 20_000;

/**
 * Runs a program of PostgreSQL with these variables; of those of this process it gets only what libpq needs. Rejects
 * with a `BackupError` if there is no such program.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<ProgramResult> {
  const env = { ...childEnvironment(variablesOfLibpq), TZ: "UTC", ...variables };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    const stdout: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-longestError);
    });
    child.on("error", (cause) =>
      reject(
        new BackupError(
          "PROGRAM_MISSING",
          `${program} cannot be run: ${cause.message}. Install PostgreSQL's client programs.`,
          {
            cause,
          },
        ),
      ),
    );
    child.on("close", (code) =>
      resolve({
        succeeded: code === 0,
        stdout: Buffer.concat(stdout).toString(),
        stderr: foreignLines(redact(stderr.trim(), variables), longestError),
      }),
    );
  });
}

function redact(text: string, { PGPASSWORD: password }: Record<string, string>): string {
  return withoutSecrets(text, password === undefined ? [] : [password]);
}
