import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { filesDigest } from "../../../../engine/index.ts";
import { createFiles, writeFiles } from "../../../migration-folder.ts";

test("the digest is that of names and contents, in any order, with any line endings", async (t) => {
  const dir = await createFiles(t, { "b.py": "one\ntwo\n", "a/c.py": "" });
  const digest = await filesDigest(dir);
  assert.match(digest, /^[0-9a-f]{64}$/);
  const same = await createFiles(t, { "a/c.py": "", "b.py": "one\r\ntwo\r\n" });
  assert.equal(await filesDigest(same), digest);
  const others: Record<string, string>[] = [
    { "b.py": "one\ntwo", "a/c.py": "" },
    { "b.py": "one\ntwo\n", "a/d.py": "" },
    { "b.py": "one\ntwo\n" },
    { "b.py": "one\ntwo\n", "a/c.py": "", "d.py": "" },
  ];
  for (const files of others) assert.notEqual(await filesDigest(await createFiles(t, files)), digest);
});

test("what other programs leave in the folder, and what links lead to, does not count", async (t) => {
  const dir = await createFiles(t, { "b.py": "one" });
  const digest = await filesDigest(dir);
  await writeFiles(dir, {
    "__pycache__/b.pyc": "x",
    "lib/__pycache__/b.pyc": "x",
    "node_modules/a/index.js": "x",
    ".git/HEAD": "x",
  });
  await symlink("/", join(dir, "everything"));
  await mkdir(join(dir, "empty"));
  assert.equal(await filesDigest(dir), digest);
  await rename(join(dir, "__pycache__"), join(dir, "cache"));
  assert.notEqual(await filesDigest(dir), digest);
  await rm(join(dir, "cache"), { recursive: true });
  assert.equal(await filesDigest(dir), digest);
});

test("bytes that are no text count as they are", async (t) => {
  const one = await createFiles(t, { a: Buffer.from([0xff, 0xfe, 0x0d]) });
  const other = await createFiles(t, { a: Buffer.from([0xff, 0xfd, 0x0d]) });
  assert.notEqual(await filesDigest(one), await filesDigest(other));
});
