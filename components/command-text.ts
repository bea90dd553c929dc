import * as pulumi from "@pulumi/pulumi";
import type { Backup, CommandRequest } from "../engine/index.ts";
import type { CommandOptions } from "./command-options.ts";
import { type ConnectionArgs, secretConnection } from "./connection.ts";

/**
 * What the shell is given: the program that starts the tool, by the name of this package and not by a path, so that
 * the text is the same on every machine. What it has to know it reads from its standard input. The shell stays until
 * it ends, as it is the shell alone that Pulumi kills.
 */
export function shellText(command: string): string {
  return [
    `# ${command.replace(/\s+/g, " ").trim()}`,
    `node --input-type=module --eval 'import "pulumi-pg-migrations/command"' "$$"`,
    "exit $?",
  ].join("\n");
}

/** What is run, on which database, and the way back from it. */
export interface CommandTextArgs extends CommandOptions {
  connection: pulumi.Input<ConnectionArgs>;
  backups?: pulumi.Input<pulumi.Input<Backup>[]> | undefined;
  noBackupReason?: pulumi.Input<string> | undefined;
}

/** What the program is told. The whole is secret, as it may hold the password. */
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
