import * as z from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { runShellCommand } from "../../process/shell-command.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";

/** The environment of a command and its expected exit status. */
export interface CommandExpectation {
  /** The expected exit status. Default: 0. */
  status?: number | undefined;
  /** The working directory. Default: the program's folder. */
  directory?: string | undefined;
  /** Variables in addition to Pulumi's own. The stack's state holds them in clear text. Default: none. */
  environment?: Readonly<Record<string, string>> | undefined;
}

/** A command must end with an exit status. It does not get the database's password. */
export interface Command extends NamedCheck, CommandExpectation {
  kind: "command";
  /** The command line for `sh -c`. */
  command: string;
}

/**
 * A check that a command succeeds.
 *
 * ```ts
 * command("the smoke tests pass", "npm run smoke", { directory: "../app", timeoutMs: 120_000 })
 * ```
 */
export function command(
  name: string,
  command: string,
  options: CommandExpectation & Omit<CheckOptions, "name"> = {},
): Command {
  const { status, directory, environment } = options;
  return checkOf({ kind: "command", name, command, status, directory, environment }, options);
}

export const commandKind: SessionKind<Command> = {
  subject: "outside",
  definition: z
    .strictObject({
      ...optionsDefinition,
      kind: z.literal("command"),
      name: z.string().min(1),
      command: z.string().min(1),
      status: z.number().int().min(0).max(255).optional(),
      directory: z.string().min(1).optional(),
      environment: z.record(z.string(), z.string()).optional(),
    })
    .transform(({ name, command: line, ...options }) => command(name, line, options)),
  queries: () => [],
  async evaluate({ status: expected = 0, ...check }, session) {
    const { status, lastLine } = await runShellCommand({
      ...check,
      timeoutMs: session.timeoutMs,
      redact: (text) => session.redact(text),
    });
    if (status === expected) return { violations: [] };
    const row = { status: String(status), expected: String(expected), output: lastLine ?? null };
    return { violations: [row] };
  },
};
