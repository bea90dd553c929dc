// Runs the team's own tool in place of a migration run. Started by `CommandMigrationRun`, which hands over what is
// to be run by standard input, where neither the list of processes nor other programs see it.
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { type CommandRequest, PgMigrationsError, printable, runCommand } from "../engine/index.ts";

const parentCheckMs = 200;
const shell = Number(process.argv.at(-1));

// Whoever reads may have gone; the tool is to come to its end all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

try {
  process.exitCode = await run(JSON.parse(await text(process.stdin)) as CommandRequest);
} catch (error) {
  console.error(printable(error instanceof PgMigrationsError ? error.message : inspect(error)));
  process.exitCode = 1;
}
// A tool may have left something running that holds its output open.
process.exit();

async function run(request: CommandRequest): Promise<number> {
  return runCommand(request, {
    write: (stream, line) => process[stream].write(`${line}\n`),
    onStarted: (stop) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(signal));
      // Pulumi kills the shell alone, without a word to what it has started.
      setInterval(() => {
        if (process.ppid !== shell) stop("SIGTERM");
      }, parentCheckMs).unref();
    },
  });
}
