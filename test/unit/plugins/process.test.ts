import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandProcess, runProcess } from "../../plugins/command/process.ts";

function run(command: string, settings: Partial<CommandProcess> = {}): ReturnType<typeof runProcess> {
  return runProcess({
    command,
    interpreter: undefined,
    dir: undefined,
    environment: {},
    stdin: undefined,
    logging: "stdoutAndStderr",
    report: () => undefined,
    signal: new AbortController().signal,
    ...settings,
  });
}

test("lines are reported as they come, of the streams that are logged", async () => {
  const lines: string[] = [];
  const report = (line: string): number => lines.push(line);
  const { stdout, stderr } = await run("echo one; echo two >&2; echo three", { report, logging: "stdout" });
  assert.deepEqual(
    { stdout, stderr, lines },
    { stdout: "one\nthree", stderr: "two", lines: ["one", "three"] },
  );
});

test("a process ends with the deployment", async () => {
  const cancelled = new AbortController();
  const running = run("echo started; exec sleep 60", {
    signal: cancelled.signal,
    report: () => cancelled.abort(),
  });
  await assert.rejects(running, {
    message: 'signal: killed: running "echo started; exec sleep 60":\nstarted\n',
  });
});

test("failures to start are in the real provider's words", async () => {
  await assert.rejects(
    run("x", { interpreter: ["no-such-program"] }),
    /^Error: exec: "no-such-program": executable/,
  );
  await assert.rejects(
    run("x", { interpreter: ["/no/program"] }),
    /^Error: fork\/exec \/no\/program: no such file/,
  );
  await assert.rejects(
    run("x", { dir: "/no/folder" }),
    /^Error: chdir \/no\/folder: no such file or directory/,
  );
  await assert.rejects(run("kill -TERM $$"), /^Error: signal: terminated: running/);
});

test("a logged line that is too long stops the process, as it does with the real provider", async () => {
  const long = "head -c 70000 /dev/zero | tr '\\0' x; echo";
  assert.equal((await run(long, { logging: "none" })).stdout.length, 70_000);
  const cancelled = new AbortController();
  const stuck = run(long, { signal: cancelled.signal });
  const state = await Promise.race([
    stuck.then(() => "ended"),
    new Promise((resolve) => setTimeout(resolve, 500, "stuck")),
  ]);
  assert.equal(state, "stuck");
  cancelled.abort();
  await assert.rejects(stuck, /signal: killed/);
});
