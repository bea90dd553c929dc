#!/usr/bin/env node
import { inspect, parseArgs } from "node:util";
import { connectionWarnings, PgMigrationsError, printable } from "../engine/index.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { compare } from "./compare.ts";
import { ledger } from "./ledger.ts";
import { restore } from "./restore.ts";
import { currentConnection } from "./restored-database.ts";
import { swap } from "./swap.ts";
import { isUsageError } from "./usage-error.ts";

/** Each returns its exit status: 0 for success, 1 for differences. */
const commands: Record<string, (given: CommandArguments) => Promise<number>> = {
  restore,
  compare,
  swap,
  ledger,
};

const usage = `Restores a database. The connection is read from DATABASE_URL, or from the variable that --url-variable names.

  pulumi-pg-migrations restore <copy | archive | s3://...> [--programs <folder>] [--terminate-sessions]
      Restores a backup into the new database <database>_restored, and compares the two. To restore an RDS snapshot,
      use the command in the outputs of the stack.
  pulumi-pg-migrations compare [--with <database> | --with-url-variable <variable>]
      Compares the restored database, on the same server or on another, with the one in use.
  pulumi-pg-migrations swap [--with <database>] [--terminate-sessions]
      Replaces the database in use with the restored one. The replaced database is kept under another name.
  pulumi-pg-migrations ledger --migrations <folder> [--format <format>] [--with <database>]
      Prints what the restored ledger has applied, and what the next pulumi up will apply. Name the format if it
      cannot be detected from the folder.

Without --with the restored database is <database>_restored.

Exit status: 0 for success, 1 if databases differ, 2 for an error.`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExplained = error instanceof PgMigrationsError || isUsageError(error);
  console.error(printable(isExplained ? error.message : inspect(error)));
  process.exitCode = 2;
}

async function main(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: "boolean" },
      with: { type: "string" },
      "with-url-variable": { type: "string" },
      "url-variable": { type: "string" },
      migrations: { type: "string" },
      format: { type: "string" },
      programs: { type: "string" },
      "terminate-sessions": { type: "boolean" },
    },
  });
  const [name = "", ...operands] = positionals;
  const command = commands[name];
  const given = { operands, options: values };
  if (command !== undefined && values.help !== true) {
    for (const warning of connectionWarnings(currentConnection(given))) console.error(`Warning: ${warning}`);
    return command(given);
  }
  console.log(usage);
  return values.help === true ? 0 : 2;
}
