import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { Backup, CommandRequest } from "../engine/index.ts";
import type { CommandOptions } from "./command-options.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";

const programVariable = "PULUMI_PG_MIGRATIONS_COMMAND";

/**
 * The text for the shell: it starts the program that starts the tool. The path of the program is in a variable, so that
 * the text is the same on every machine. The program reads its request from its standard input. The shell stays until
 * the program ends, because Pulumi kills only the shell.
 */
export function shellText(command: string): string {
  return [`# ${command.replace(/\s+/g, " ").trim()}`, `node "$${programVariable}" "$$"`, "exit $?"].join(
    "\n",
  );
}

/**
 * The location of the program. The package that loaded this module provides it: the program's folder may not have this
 * package, if another package uses it.
 */
export function shellEnvironment(): Record<string, string> {
  return { [programVariable]: fileURLToPath(import.meta.resolve("pulumi-pg-migrations/command")) };
}

/** The command, its database, and the backups from before it. */
export interface CommandTextArgs extends CommandOptions {
  connection: pulumi.Input<ConnectionArgs>;
  backups?: pulumi.Input<pulumi.Input<Backup>[]> | undefined;
  noBackupReason?: pulumi.Input<string> | undefined;
}

/** The program's input. The whole is secret, because it may hold the password. */
export function commandRequest(
  args: CommandTextArgs,
  pending: pulumi.Output<string[]>,
): pulumi.Output<string> {
  const { command, environment, directory, urlVariable, backups = [], noBackupReason } = args;
  const connection = secretConnection(args.connection);
  const request = pulumi
    .all([pulumi.output({ command, environment, directory, urlVariable }), connection, pending])
    .apply(([options, target, names]) => ({ ...options, connection: target, pending: names }));
  const wayBack = pulumi.output({ backups, noBackupReason });
  return pulumi.secret(
    pulumi
      .all([request, wayBack])
      .apply(([asked, back]) => JSON.stringify({ ...asked, wayBack: back } satisfies CommandRequest)),
  );
}
