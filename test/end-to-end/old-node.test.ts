import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { createProject } from "./project.ts";

const root = join(import.meta.dirname, "../..");

// Node 24 without this is like Node 22.12: a .ts file is an unknown file extension.
const NODE_OPTIONS = "--no-experimental-strip-types";
const message =
  /Node v[\d.]+ cannot run this checkout, which is written in TypeScript\. Install Node 24, or at least 22\.18, and run the command again\./;

test("the stack program names the Node it needs", async (t) => {
  const project = await createProject(t, { environment: { NODE_OPTIONS } });

  const { exitCode, output } = await project.pulumi("preview");

  assert.notEqual(exitCode, 0, output);
  assert.match(output, message);
  assert.doesNotMatch(output, /Unknown file extension|\n\s+at /);
});

test("the command of a checkout names the Node it needs", async () => {
  const started = promisify(execFile)(process.execPath, [join(root, "scripts/cli.mjs"), "--help"], {
    env: { ...process.env, NODE_OPTIONS },
  });

  await assert.rejects(started, (failed: { code: number; stderr: string }) => {
    assert.equal(failed.code, 2);
    assert.match(failed.stderr, message);
    return true;
  });
});
