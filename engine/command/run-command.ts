import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveConnection } from "../postgres/session/resolve-connection.ts";
import { commandFailure, commandSkipped, commandUnstartable } from "./command-report.ts";
import type { CommandRequest } from "./command-request.ts";
import { connectionVariables } from "./connection-variables.ts";
import { inheritedEnvironment } from "../process/inherited-environment.ts";
import { spellingsOf } from "../process/secret-spelling.ts";
import { startShell } from "../process/shell-group.ts";

/** Where a command's output goes, and how it is stopped. */
export interface CommandSurroundings {
  /** Takes each line, without its end, as it comes; secrets are masked. */
  write: (stream: "stderr" | "stdout", line: string) => void;
  /** Hands over the function that stops the tool by a signal; called once, when there is a tool. What comes after the first signal is ignored. */
  onStarted?: ((stop: (signal: NodeJS.Signals) => void) => void) | undefined;
  /** How long the tool may take to stop before it is killed, milliseconds. Default: 10000. */
  graceMs?: number | undefined;
}

/** How long output may go on after the tool has ended: something that it left running may hold it open for ever. */
const outputEndMs = 2000;

/**
 * Runs a tool that migrates a database, in a process group of its own, and gives its exit status. It is told of the
 * database by its environment alone. Rejects with a `ConnectionError` where that is not to be had.
 */
export async function runCommand(
  request: CommandRequest,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { write } = surroundings;
  if (request.pending.length === 0) {
    write("stdout", commandSkipped(request.command));
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-"));
  try {
    const status = await runIn(folder, request, surroundings);
    if (status !== 0) write("stderr", commandFailure(request.command, status, request.wayBack));
    return status;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  request: CommandRequest,
  { write, onStarted, graceMs = 10_000 }: CommandSurroundings,
): Promise<number> {
  const { command, connection, urlVariable = "DATABASE_URL", directory, environment } = request;
  const variables = await connectionVariables(connection, { urlVariable, folder });
  const { password } = resolveConnection(connection);
  const { status, stop } = startShell({
    ...{ command, directory, write, outputEndMs },
    env: { ...inheritedEnvironment(), ...variables, ...environment },
    spellings: spellingsOf(password === undefined ? [] : [password]),
  });
  let stopped: Promise<void> | undefined;
  onStarted?.((signal) => {
    stopped ??= stop(signal, graceMs);
  });
  const ended = await status.catch((error: unknown) => {
    write("stderr", commandUnstartable(request, (error as Error).message));
    return 127;
  });
  // The shell may end before the programs that it started.
  await stopped;
  return ended;
}
