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

/** Each gives its exit status: 0 all is well, 1 there are differences. */
const commands: Record<string, (given: CommandArguments) => Promise<number>> = {
  restore,
  compare,
  swap,
  ledger,
};

const usage = `Brings a database back. The connection is taken from DATABASE_URL, or the variable that --url-variable names.

  pulumi-pg-migrations restore <copy | archive | s3://...> [--programs <folder>] [--terminate-sessions]
      Restores a backup into the new database <database>_restored, and compares the two. An RDS snapshot is restored
      by its own command, in the outputs of the stack.
  pulumi-pg-migrations compare [--with <database> | --with-url-variable <variable>]
      Compares the restored database, on the same server or on another, with the one that is in use.
  pulumi-pg-migrations swap [--with <database>] [--terminate-sessions]
      Puts the restored database in the place of the one that is in use, which is kept under another name.
  pulumi-pg-migrations ledger --migrations <folder> [--format <format>] [--with <database>]
      Says what the restored ledger has applied, and what the next pulumi up will apply. The format has to be named
      where the folder does not tell it.

Without --with the restored database is <database>_restored.

Exit status: 0, or 1 where databases differ, or 2 where something went wrong.`;

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
