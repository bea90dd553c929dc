import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createMigratedProject, type Project } from "./project.ts";
import { up } from "./up.ts";

/** Does what it can to go on: only a signal of its own ends it. Each of its processes leaves its id. */
const stubborn = `trap "" PIPE; echo $$ > tool; sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.1; done'`;

async function processIn(project: Project, file: string): Promise<number> {
  const giveUp = AbortSignal.timeout(60_000);
  while (!giveUp.aborted) {
    const id = Number(await readFile(join(project.dir, file), "utf8").catch(() => ""));
    if (id > 0) return id;
    await sleep(20);
  }
  return assert.fail(`the tool has not written ${file}`);
}

/** The process of the Pulumi CLI that a process descends from. */
async function pulumiAbove(id: number): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, "utf8");
  if (/^Name:\s+pulumi$/m.test(status)) return id;
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  assert.ok(parent > 1, `no pulumi is above process ${id}`);
  return pulumiAbove(parent);
}

async function hasEnded(id: number): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    // What nobody has waited for yet is dead all the same.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    return status !== "" && !/^State:\s+Z/m.test(status);
  };
  while (await isThere()) await sleep(50);
}

test("interrupting pulumi up stops the tool with all that it has started, and the next up runs it again", async (t) => {
  const { project } = await createMigratedProject(t, { command: { command: "sh tool.sh", format: "files" } });
  await writeFile(join(project.dir, "tool.sh"), stubborn);
  await writeFile(join(project.dir, "migrations", "1.rb"), "");
  const running = project.pulumi("up", "--yes", "--skip-preview");
  const tooSoon = running.then(({ output }) => {
    assert.fail(output);
  });
  const started = Promise.all([processIn(project, "tool"), processIn(project, "child")]);
  const [tool, child] = await Promise.race([started, tooSoon]);
  tooSoon.catch(() => undefined);
  process.kill(await pulumiAbove(tool), "SIGINT");
  const { exitCode } = await running;
  assert.notEqual(exitCode, 0);
  await hasEnded(tool);
  await hasEnded(child);

  await writeFile(join(project.dir, "tool.sh"), "echo finished >> finished");
  await up(project);
  await up(project, "--expect-no-changes");
  assert.equal(await readFile(join(project.dir, "finished"), "utf8"), "finished\n");
});
