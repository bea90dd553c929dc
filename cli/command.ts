// Runs the team's own tool instead of a migration run. `CommandMigrationRun` starts it and passes the request by
// standard input, which neither the list of processes nor other programs show.
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { type CommandRequest, PgMigrationsError, printable, runCommand } from "../engine/index.ts";

const parentCheckMs = 200;
const shell = Number(process.argv.at(-1));

// The reader may be gone, but the tool must finish anyway.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

try {
  process.exitCode = await run(JSON.parse(await text(process.stdin)) as CommandRequest);
} catch (error) {
  console.error(printable(error instanceof PgMigrationsError ? error.message : inspect(error)));
  process.exitCode = 1;
}
// A tool may have left a process running that holds its output open.
process.exit();

async function run(request: CommandRequest): Promise<number> {
  return runCommand(request, {
    write: (stream, line) => process[stream].write(`${line}\n`),
    onStarted: (stop) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
      // Pulumi kills only the shell, and does not signal the processes that it has started.
      setInterval(() => {
        if (process.ppid !== shell) stop("SIGTERM");
      }, parentCheckMs).unref();
    },
  });
}
