import { spawn } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { styleText } from "node:util";
import type { EmbeddedServer } from "./embedded-postgres.ts";
import { environmentFor, folder, root } from "./quickstart-place.ts";

/** What a command wrote, and whether it succeeded. */
export interface CommandResult {
  succeeded: boolean;
  output: string;
}

/** A command did something else than the story says; `output` is all that it wrote. */
export class UnexpectedOutcome extends Error {
  readonly output: string;

  constructor(message: string, output: string) {
    super(message);
    this.output = output;
  }
}

/** Every command's full output. */
const log = join(folder, "log");

/** Shows a Pulumi command as a person types it, and runs it to its end. */
export async function pulumi(server: EmbeddedServer, ...args: string[]): Promise<CommandResult> {
  console.log(styleText("bold", `$ pulumi ${args.join(" ")}`));
  const { succeeded, output } = await run(server, args);
  await appendFile(log, `$ pulumi ${args.join(" ")}\n${output}\n`);
  return { succeeded, output };
}

/** The same, for a command that has to succeed. */
export async function succeedingPulumi(server: EmbeddedServer, ...args: string[]): Promise<string> {
  const { succeeded, output } = await pulumi(server, ...args);
  if (!succeeded) throw new UnexpectedOutcome(`\`pulumi ${args.join(" ")}\` should have succeeded.`, output);
  return output;
}

/** A stack's outputs, read without a word. */
export async function stackOutputs(server: EmbeddedServer): Promise<Record<string, unknown>> {
  const { succeeded, output } = await run(server, ["stack", "output", "--json"]);
  if (!succeeded) throw new UnexpectedOutcome("`pulumi stack output` should have succeeded.", output);
  return JSON.parse(output) as Record<string, unknown>;
}

/**
 * Runs the CLI in the checkout. An interrupt reaches the CLI too, which ends what it is doing in good order:
 * it is waited for.
 */
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
    // Ctrl-C goes to every process of the terminal by itself.
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
  return new UnexpectedOutcome(
    "There is no Pulumi CLI: run `node scripts/set-up.mjs`, which installs one.",
    "",
  );
}

/** What the last operation of a command said about its resources, without the progress of each of them. */
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

/** How many resources the last operation of a command created, updated or left: `+ 10 created`. */
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

/** `pulumi up` previews first; what counts is what it does afterwards. */
function lastOperation(output: string): string[] {
  const lines = output.split("\n");
  return lines.slice(lines.findLastIndex((line) => /^(Previewing update|Updating) \(/.test(line)) + 1);
}
