import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type CommandRequest, runCommand } from "../../../engine/index.ts";
import { createFiles } from "../../migration-folder.ts";

const connection = { host: "localhost", database: "db", user: "u", password: "s3cret" };

async function run(request: Partial<CommandRequest> & { command: string }, stop?: NodeJS.Signals) {
  const lines: string[] = [];
  let stopTool: (signal: NodeJS.Signals) => void = () => undefined;
  const status = await runCommand(
    { connection, pending: ["1"], ...request },
    {
      write: (stream, line) => {
        lines.push(`${stream}: ${line}`);
        if (line === "ready" && stop !== undefined) stopTool(stop);
      },
      onStarted: (given) => (stopTool = given),
      graceMs: 300,
    },
  );
  return { status, lines };
}

test("a tool gets its environment and its directory, and none of Pulumi's secrets", async (t) => {
  const directory = await createFiles(t);
  process.env["PULUMI_CONFIG_PASSPHRASE"] = "x";
  process.env["PGSERVICE"] = "x";
  const { status, lines } = await run({
    command: `pwd; echo "\${DB:-none} \${DATABASE_URL:-none} $EXTRA \${PULUMI_CONFIG_PASSPHRASE:-none} \${PGSERVICE:-none}"`,
    directory,
    urlVariable: "DB",
    environment: { EXTRA: "extra" },
  });
  delete process.env["PGSERVICE"];
  assert.equal(status, 0);
  assert.deepEqual(lines, [
    `stdout: ${directory}`,
    "stdout: postgresql://u:[secret]@localhost:5432/db?sslmode=disable none extra none none",
  ]);
});

test("with nothing pending it is not started", async () => {
  const { status, lines } = await run({ command: "echo started", pending: [] });
  assert.deepEqual([status, lines], [0, ["stdout: Nothing is pending: `echo started` was not started."]]);
});

test("its exit status is that of the run, and what it cannot be started for is said", async () => {
  const failed = await run({
    command: "echo bad >&2; exit 7",
    wayBack: { backups: [], noBackupReason: "a test" },
  });
  assert.equal(failed.status, 7);
  assert.equal(failed.lines[0], "stderr: bad");
  assert.match(
    failed.lines[1] ?? "",
    /failed with exit status 7;.*run pulumi up again.*\nNo backup.*a test/s,
  );
  const lost = await run({ command: "true", directory: "/no/such/folder" });
  assert.equal(lost.status, 127);
  assert.match(lost.lines[0] ?? "", /could not be started in \/no\/such\/folder/);
});

test("a signal stops all that the tool has started; what does not listen is killed", async (t) => {
  const dir = await createFiles(t);
  const gentle = await run(
    { command: `trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done` },
    "SIGTERM",
  );
  assert.equal(gentle.status, 5);
  assert.ok(gentle.lines.includes("stdout: bye"));

  const deaf = `sh -c 'trap "" TERM; echo $$ > pid; echo ready; while :; do sleep 0.05; done' & wait`;
  const { status } = await run({ command: deaf, directory: dir }, "SIGTERM");
  assert.equal(status, 143);
  const pid = Number(await readFile(join(dir, "pid"), "utf8"));
  assert.throws(() => process.kill(pid, 0), /ESRCH/);
});

test("what a tool leaves running does not hold up the run", async () => {
  const { status, lines } = await run({ command: "sleep 60 & echo done" });
  assert.deepEqual([status, lines], [0, ["stdout: done"]]);
});

test("the output comes while the tool runs", async (t) => {
  const dir = await createFiles(t);
  let seenBeforeEnd = false;
  await runCommand(
    {
      connection,
      pending: ["1"],
      directory: dir,
      command: "echo first; while [ ! -e go ]; do sleep 0.02; done; touch end",
    },
    {
      write: () => {
        seenBeforeEnd = !existsSync(join(dir, "end"));
        void sleep(1).then(() =>
          import("node:fs").then(({ writeFileSync }) => writeFileSync(join(dir, "go"), "")),
        );
      },
    },
  );
  assert.ok(seenBeforeEnd);
});
