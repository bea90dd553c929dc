import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createProject, type Project } from "./project.ts";

function program(args: string, options = "{}"): string {
  return `
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
const command = new local.Command("it", ${args}, ${options});
export const stdout = command.stdout;
export const stderr = command.stderr;
export const assets = command.assets?.apply((assets) => Object.keys(assets ?? {}));
`;
}

async function up(project: Project, args: string): Promise<string> {
  await project.writeProgram(program(args));
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(exitCode, 0, output);
  return output;
}

test("a command runs on create, update, replacement and delete, and never in preview", async (t) => {
  const project = await createProject(t, { program: program('{ create: "touch created" }') });
  const preview = await project.pulumi("preview");
  assert.equal(preview.exitCode, 0, preview.output);
  assert.ok(!existsSync(join(project.dir, "created")));

  const create = "echo $GREETING; cat >&2; echo created >> log";
  const common = 'environment: { GREETING: "hello" }, stdin: "from stdin", delete: "echo deleted >> log"';
  await up(project, `{ create: "${create}", ${common} }`);
  assert.deepEqual(await project.outputs(), { stdout: "hello", stderr: "from stdin", assets: [] });
  const unchanged = await project.pulumi("up", "--yes", "--expect-no-changes");
  assert.equal(unchanged.exitCode, 0, unchanged.output);

  const update = "echo after $PULUMI_COMMAND_STDOUT; echo updated >> log";
  await up(project, `{ create: "${create}", update: "${update}", ${common} }`);
  assert.equal((await project.outputs())["stdout"], "after hello");
  const triggered = `{ create: "${create}", ${common}, triggers: [1], addPreviousOutputInEnv: false, assetPaths: ["log*"] }`;
  assert.match(await up(project, triggered), /command:local:Command it replaced \(.*\[diff: .*triggers/);
  assert.deepEqual((await project.outputs())["assets"], ["log"]);
  const destroyed = await project.pulumi("destroy", "--yes", "--skip-preview");
  assert.equal(destroyed.exitCode, 0, destroyed.output);
  assert.equal(
    await readFile(join(project.dir, "log"), "utf8"),
    "created\nupdated\ncreated\ndeleted\ndeleted\n",
  );
});

test("a command that fails says what ran and what it wrote, and runs again next time", async (t) => {
  const failing = '{ create: "echo to stdout; echo to stderr >&2; echo x >> log; exit 3" }';
  const project = await createProject(t, { program: program(failing) });
  for (const attempt of [1, 2]) {
    const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(exitCode, 0);
    assert.match(
      output,
      /exit status 3: running "echo to stdout; echo to stderr >&2; echo x >> log; exit 3":\s+to std/,
    );
    assert.equal(await readFile(join(project.dir, "log"), "utf8"), "x\n".repeat(attempt));
  }
  const { output } = await project.pulumi("stack", "export");
  assert.doesNotMatch(output, /command:local:Command/);
});

test("secrets of the environment are secret in the state, and so is what the command writes", async (t) => {
  const project = await createProject(t, {
    program: program(
      '{ create: "echo $TOKEN", logging: "none", environment: { TOKEN: pulumi.secret("not-for-the-state") } }',
    ),
  });
  const result = await project.pulumi("up", "--yes", "--skip-preview");
  assert.equal(result.exitCode, 0, result.output);
  assert.doesNotMatch(result.output, /not-for-the-state/);
  const { output: state } = await project.pulumi("stack", "export");
  assert.doesNotMatch(state, /not-for-the-state/);
  assert.equal((await project.outputs())["stdout"], "not-for-the-state");
});
