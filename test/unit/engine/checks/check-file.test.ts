import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readCheckFiles, readChecks, returnsNoRows } from "../../../../engine/index.ts";

async function folderOf(t: TestContext, files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "checks-"));
  t.after(() => rm(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

test("a file is a query with its options in comments, and bears the file's name", async (t) => {
  const plain = "SELECT 1 WHERE false;\n";
  const headed = `\uFEFF-- severity: warn\r\n--when: before, standing\r\n-- Why: it has to be.\r\n\r\n-- timeoutMs: 500\r\n-- owner: payments: Jo\r\nSELECT 1 -- accepts: 3`;
  const dir = await folderOf(t, { "b.sql": plain, "a b.sql": headed, "read.me": "", ".sql": plain });
  const checks = await readCheckFiles(dir);
  assert.deepEqual(checks, [
    returnsNoRows("a b", headed.slice(1), {
      severity: "warn",
      when: ["before", "standing"],
      timeoutMs: 500,
      owner: "payments: Jo",
    }),
    returnsNoRows("b", plain),
  ]);
  assert.deepEqual(await readChecks(checks), checks);
});

test("a file may name another kind, and no columns to be shown", async (t) => {
  const text = "-- kind: returnsRows\n-- name: some\n-- sampleColumns:\nSELECT 1";
  const [check] = await readCheckFiles(await folderOf(t, { "a.sql": text }));
  assert.deepEqual([check?.kind, check?.name, check?.sampleColumns], ["returnsRows", "some", []]);
});

for (const [text, message] of [
  ["-- severity: fatal\nSELECT 1", /Check "a": the definition of returnsNoRows is invalid: severity/],
  ["-- note: why\nSELECT 1", /Check "a": the definition of returnsNoRows is invalid: .*note/],
  ["-- accepts: many\nSELECT 1", /accepts/],
  ["-- owner: a\n-- owner: b\nSELECT 1", /the line "-- owner: b" is not allowed here, or appears twice/],
  ["-- sql: SELECT 2\nSELECT 1", /the line "-- sql: SELECT 2" is not allowed here/],
  ["-- kind: tableExists\nSELECT 1", /the definition of tableExists is invalid/],
  ["-- kind: nothing\nSELECT 1", /the kind "nothing" does not exist/],
  ["", /sql/],
] as const)
  test(`what is wrong in a file is told with its name: ${JSON.stringify(text)}`, async (t) => {
    await assert.rejects(readCheckFiles(await folderOf(t, { "a.sql": text })), {
      name: "CheckDefinitionError",
      message,
    });
  });

test("a folder that is missing or empty is a mistake", async (t) => {
  const dir = await folderOf(t, {});
  await assert.rejects(readCheckFiles(dir), /holds no file <name>\.sql/);
  await assert.rejects(readCheckFiles(join(dir, "x")), /the folder does not exist\. Set `checkFiles`/);
});
