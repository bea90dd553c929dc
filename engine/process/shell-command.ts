import { inheritedEnvironment } from "./inherited-environment.ts";
import { startShell } from "./shell-group.ts";

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
  let lastLine: string | undefined;
  const running = startShell({
    ...{ command, directory, spellings: [], outputEndMs: graceMs + outputEndMs },
    env: { ...environmentWithoutSecrets(shell), ...environment },
    write: (_stream, line) => {
      if (line.trim() !== "") lastLine = shell.redact(line.trim()).slice(0, longestLine);
    },
    // A program that the shell has left running would hold its output open.
    onExit: () => void running.stop("SIGTERM", graceMs),
  });
  const late = new AbortController();
  const lateness = setTimeout(() => {
    late.abort();
    void running.stop("SIGTERM", graceMs);
  }, timeoutMs);
  const status = await running.status.catch((error: unknown) => `not started: ${(error as Error).message}`);
  clearTimeout(lateness);
  await running.stop("SIGTERM", graceMs);
  return { status: late.signal.aborted ? `none within ${timeoutMs} ms` : status, lastLine };
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
