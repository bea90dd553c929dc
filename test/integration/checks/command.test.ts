import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { command, readChecks, runChecks, tableExists } from "../../../engine/index.ts";
import { createFiles } from "../../migration-folder.ts";
import { createRole, openSession, openTarget } from "../target.ts";

async function rowsOf(
  t: TestContext,
  line: string,
  options: Parameters<typeof command>[2] = {},
): Promise<unknown[]> {
  const { database } = await openTarget(t);
  const checks = await readChecks([command("it works", line, options)]);
  const [result] = await runChecks({ database, checks });
  assert.deepEqual([result?.when, result?.error], [["after"], undefined]);
  const { outcome, rows = [] } = result ?? {};
  assert.equal(outcome, rows.length === 0 ? "holds" : "violated");
  return rows;
}

test("a command ends as expected", async (t) => {
  const directory = await createFiles(t, { "here.txt": "" });
  for (const [line, options] of [
    ["true", {}],
    ["exit 3", { status: 3 }],
    ["test -f here.txt", { directory }],
    ['test "$MODE" = fast && test -n "$PATH"', { environment: { MODE: "fast" } }],
    ["head -c 300000 /dev/zero | tr '\\0' x; echo; exec 1>&2; seq 100000", {}],
  ] as const)
    assert.deepEqual(await rowsOf(t, line, options), [], line);
});

test("a command ends otherwise, or does not start", async (t) => {
  const row = (status: string, output: string | null, expected = "0"): object[] => [
    { status, expected, output },
  ];
  for (const [line, rows, options] of [
    ["false", row("1", null)],
    ["exit 0", row("0", null, "1"), { status: 1 }],
    ["echo one; echo '  two  ' >&2; echo; exit 2", row("2", "two")],
    [`printf ${"x".repeat(300)}; exit 2`, row("2", "x".repeat(200))],
    ["not-a-program-of-anybody 2>/dev/null", row("127", null)],
    ["kill -9 $$", row("137", null)],
    ["echo postgres://me:hidden@db/app; false", row("1", "postgres://me:[secret]@db/app")],
    ["true", row("not started: spawn /bin/sh ENOENT", null), { directory: "/nowhere" }],
  ] as const)
    assert.deepEqual(await rowsOf(t, line, options), rows, line);
});

/** Resolves when no process of this number is left. */
async function untilGone(pid: number): Promise<void> {
  for (;;)
    try {
      process.kill(pid, 0);
      // A process that nobody has waited for has ended all the same.
      if ((await readFile(`/proc/${pid}/stat`, "utf8")).includes(") Z ")) return;
    } catch {
      return;
    }
}

test("a time-out ends all that a command has started, whatever it does about signals", async (t) => {
  const directory = await createFiles(t);
  const stubborn =
    "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >child; echo begun; while :; do sleep 1; done' & wait; sleep 60";
  assert.deepEqual(await rowsOf(t, stubborn, { directory, timeoutMs: 700 }), [
    { status: "none within 700 ms", expected: "0", output: "begun" },
  ]);
  await untilGone(Number(await readFile(join(directory, "child"), "utf8")));
});

test("what a command leaves running is ended with it, and holds up nobody", async (t) => {
  const directory = await createFiles(t);
  assert.deepEqual(await rowsOf(t, "sleep 600 & echo $! >child; exit 4", { directory }), [
    { status: "4", expected: "0", output: null },
  ]);
  await untilGone(Number(await readFile(join(directory, "child"), "utf8")));
});

test("a command is not told of the database's password", async (t) => {
  const target = await openTarget(t);
  const connection = { ...(await createRole(t, target)), password: "plain" };
  const database = await openSession(t, connection);
  const given = {
    PGPASSWORD: "plain",
    A_PASSWORD: "plain",
    A_URL: "https://me:plain@db/app",
    A_WORD: "plainly",
  };
  Object.assign(process.env, given);
  t.after(() => Object.keys(given).forEach((name) => Reflect.deleteProperty(process.env, name)));
  const line = "env | grep -c -e '^PGPASSWORD=' -e '^A_PASSWORD=' -e '^A_URL=' >&2";
  const told = command("told", 'test "$A_WORD" = plainly && echo plain && exit 1');
  const checks = [told, tableExists("gifts")];
  const [result] = await runChecks({ database, checks });
  assert.deepEqual(result?.rows, [{ status: "1", expected: "0", output: "[secret]" }]);
  const [count] = await runChecks({ database, checks: [command("told", `${line}; exit 1`)] });
  assert.deepEqual(count?.rows, [{ status: "1", expected: "0", output: "0" }]);
});
