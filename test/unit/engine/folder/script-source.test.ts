import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { FolderError } from "../../../../engine/index.ts";
import type { ScriptSection } from "../../../../engine/folder/migration.ts";
import { scriptSource } from "../../../../engine/folder/script-source.ts";
import { changeFolder, createFolder } from "../../../migration-folder.ts";

async function textOf(section: ScriptSection): Promise<string> {
  const portions: string[] = [];
  for await (const { text } of scriptSource(section).read()) portions.push(text);
  return portions.join("");
}

async function migrationOf(t: TestContext, script: string | Buffer) {
  const folder = await createFolder(t, { "1_a": script });
  const [migration] = folder.migrations;
  assert.ok(migration);
  return { folder, migration };
}

async function refusedBy(t: TestContext, script: Buffer): Promise<FolderError> {
  const { migration } = await migrationOf(t, script);
  const error: unknown = await textOf(migration.up).catch((cause: unknown) => cause);
  assert.ok(error instanceof FolderError, String(error));
  return error;
}

test("a script is read as it is written, without its byte-order mark", async (t) => {
  const { migration } = await migrationOf(t, "\uFEFFSELECT 'é 🐘';\r\n");
  assert.equal(await textOf(migration.up), "SELECT 'é 🐘';\r\n");
});

test("a script that has changed since it was planned is refused", async (t) => {
  const { folder, migration } = await migrationOf(t, "SELECT 1");
  await changeFolder(folder, { "1_a": "SELECT 2" });
  await assert.rejects(textOf(migration.up), { code: "SCRIPT_CHANGED" });
});

test("a script that has gone since it was planned is refused", async (t) => {
  const { migration } = await migrationOf(t, "SELECT 1");
  await rm(migration.file);
  await assert.rejects(textOf(migration.up), { code: "SCRIPT_UNREADABLE", name: "FolderError" });
});

test("a NUL byte is refused with its line", async (t) => {
  const error = await refusedBy(t, Buffer.from("SELECT 1;\n\nSELECT '\0';\n"));
  assert.equal(error.code, "SCRIPT_HAS_NUL");
  assert.match(error.message, /1_a.migration\.sql:3 .*UTF-16/);
});

test("a file of UTF-16 is refused as one", async (t) => {
  const error = await refusedBy(t, Buffer.from("\uFEFFSELECT 1;", "utf16le"));
  assert.equal(error.code, "SCRIPT_HAS_NUL");
});

test("bytes that are not UTF-8 are refused with the line of the first", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("SELECT 1;", "é", "\uFFFD", "\uFEFF", "🐘", ""), { maxLength: 5 }),
      fc.constantFrom([0xff], [0xc3], [0xe9, 0x20], [0xf0, 0x9f, 0x90], [0xed, 0xa0, 0x80]),
      async (lines, invalid) => {
        const before = lines.map((line) => `${line}\r\n`).join("");
        const error = await refusedBy(
          t,
          Buffer.concat([Buffer.from(before), Buffer.from(invalid), Buffer.from("\nend\n")]),
        );
        assert.equal(error.code, "SCRIPT_NOT_UTF8");
        assert.match(error.message, new RegExp(`migration\\.sql:${lines.length + 1} is not valid UTF-8`));
      },
    ),
    { numRuns: 50 },
  );
});
