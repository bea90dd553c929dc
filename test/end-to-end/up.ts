import assert from "node:assert/strict";
import type { Project } from "./project.ts";

/** Runs `pulumi up`, which must succeed. Returns its output. */
export async function up(project: Project, ...args: string[]): Promise<string> {
  return succeeds(project, "up", "--yes", "--skip-preview", ...args);
}

/** Runs a command, which must succeed. Returns its output. */
export async function succeeds(project: Project, ...args: string[]): Promise<string> {
  const { exitCode, output } = await project.pulumi(...args);
  assert.equal(exitCode, 0, output);
  return output;
}

/** Runs a command, which must fail with a matching message. Returns its output. */
export async function fails(project: Project, args: string[], says: RegExp): Promise<string> {
  const { exitCode, output } = await project.pulumi(...args);
  assert.notEqual(exitCode, 0, output);
  assert.match(output, says);
  return output;
}
