import { withoutSecrets } from "../../postgres/session/redaction.ts";
import { childEnvironment, variablesOfLibpq } from "../../process/child-environment.ts";
import { longestStderr, runProgramToEnd } from "../../process/program.ts";
import { BackupError } from "../backup.ts";
import { foreignLines } from "../../foreign-text.ts";

export interface ProgramResult {
  succeeded: boolean;
  stdout: string;
  /** Its end, if it is long, without passwords: pg_restore repeats statements that fail. */
  stderr: string;
}

/**
 * Runs a PostgreSQL program with these variables. It inherits only the variables that libpq needs. Rejects with a
 * `BackupError` if the program does not exist.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<ProgramResult> {
  const env = { ...childEnvironment(variablesOfLibpq), TZ: "UTC", ...variables };
  const { status, stdout, stderr } = await runProgramToEnd({ program, args, env }).catch((cause: unknown) => {
    throw missing(program, cause);
  });
  return {
    succeeded: status === 0,
    stdout,
    stderr: foreignLines(redact(stderr, variables), longestStderr),
  };
}

function missing(program: string, cause: unknown): BackupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BackupError(
    "PROGRAM_MISSING",
    `${program} cannot be run: ${reason}. Install PostgreSQL's client programs.`,
    { cause },
  );
}

function redact(text: string, { PGPASSWORD: password }: Record<string, string>): string {
  return withoutSecrets(text, password === undefined ? [] : [password]);
}
