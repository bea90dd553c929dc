import { z } from "zod";
import { optionsDefinition } from "../kind/check-definition.ts";
import { runShellCommand } from "../../process/shell-command.ts";
import { checkOf, type CheckOptions, type NamedCheck } from "../kind/check-options.ts";
import type { SessionKind } from "../kind/check-kind.ts";

/** How a command is run, and how it has to end. */
export interface CommandExpectation {
  /** The exit status that is expected. Default: 0. */
  status?: number | undefined;
  /** Where it runs. Default: the program's folder. */
  directory?: string | undefined;
  /** Variables that it gets besides Pulumi's own. They are kept in the stack's state as they are written. Default: none. */
  environment?: Readonly<Record<string, string>> | undefined;
}

/** A command must end with an exit status. It is not told of the database's password. */
export interface Command extends NamedCheck, CommandExpectation {
  kind: "command";
  /** What `sh -c` runs. */
  command: string;
}

/**
 * A check that holds while a command succeeds.
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

/** How the kind is read and evaluated. */
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
