import { spawn } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import type { EmbeddedServer } from "./embedded-postgres.ts";
import { environmentFor, folder, root } from "./quickstart-place.ts";

/** A command's output, and whether it succeeded. */
export interface CommandResult {
  succeeded: boolean;
  output: string;
}

/** A command did not do what the story expects; `output` is its whole output. */
export class UnexpectedOutcome extends Error {
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

/** The full output of every command. */
const log = join(folder, "log");

/** Shows a Pulumi command as a user types it, and runs it to its end. */
export async function pulumi(server: EmbeddedServer, ...args: string[]): Promise<CommandResult> {
  console.log(styleText("bold", `$ pulumi ${args.join(" ")}`));
  const { succeeded, output } = await run(server, args);
  await appendFile(log, `$ pulumi ${args.join(" ")}\n${output}\n`);
  return { succeeded, output };
}

/** The same for a command that must succeed. */
export async function succeedingPulumi(server: EmbeddedServer, ...args: string[]): Promise<string> {
  const { succeeded, output } = await pulumi(server, ...args);
  if (!succeeded) throw new UnexpectedOutcome(`\`pulumi ${args.join(" ")}\` should have succeeded.`, output);
  return output;
}

/** A stack's outputs, read without showing the command. */
export async function stackOutputs(server: EmbeddedServer): Promise<Record<string, unknown>> {
  const { succeeded, output } = await run(server, ["stack", "output", "--json"]);
  if (!succeeded) throw new UnexpectedOutcome("`pulumi stack output` should have succeeded.", output);
  return JSON.parse(output) as Record<string, unknown>;
}

/** Runs the CLI in the checkout. An interrupt also reaches the CLI, which ends its work properly; it is waited for. */
async function run(server: EmbeddedServer, args: string[]): Promise<CommandResult> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: root,
    env: environmentFor(server),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const interruption = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    interruption.abort();
    // Ctrl-C reaches every process of the terminal anyway.
    if (signal === "SIGTERM") child.kill("SIGINT");
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    const succeeded = await new Promise<boolean>((resolve, reject) => {
      child
        .on("error", (error) => reject(explainMissingProgram(error)))
        .on("close", (code) => resolve(code === 0));
    });
    if (interruption.signal.aborted) throw new UnexpectedOutcome("It was interrupted.", "");
    return { succeeded, output };
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function explainMissingProgram(error: NodeJS.ErrnoException): Error {
  if (error.code !== "ENOENT") return error;
  return new UnexpectedOutcome("The Pulumi CLI is missing. Run `node scripts/set-up.mjs` to install it.", "");
}

/** The diagnostics of a command's last operation, without the progress of each resource. */
export function diagnosticsIn(output: string): string[] {
  const blocks = sectionOf(output, "Diagnostics:", /^\S/)
    .map((line) => line.replace(/^ {2}/, ""))
    .join("\n")
    .split(/\n(?=\S)/)
    .map((block) => block.trimEnd())
    // That the stack has failed because a resource has is said once more than needed.
    .filter((block) => !/^pulumi:pulumi:Stack .*\s+error: update failed$/.test(block));
  // The engine's own order changes from run to run.
  return blocks.toSorted().join("\n\n").split("\n");
}

/** The counts of created, updated and unchanged resources of a command's last operation: `+ 10 created`. */
export function resourceCounts(output: string): string {
  return sectionOf(output, "Resources:", /^$/)
    .map((line) => line.trim())
    .join(", ");
}

function sectionOf(output: string, title: string, end: RegExp): string[] {
  const lines = lastOperation(output);
  const begin = lines.indexOf(title);
  if (begin < 0) return [];
  const section = lines.slice(begin + 1);
  const length = section.findIndex((line) => end.test(line));
  return length < 0 ? section : section.slice(0, length);
}

/** `pulumi up` previews first; only what follows counts. */
function lastOperation(output: string): string[] {
  const lines = output.split("\n");
  return lines.slice(lines.findLastIndex((line) => /^(Previewing update|Updating) \(/.test(line)) + 1);
}
