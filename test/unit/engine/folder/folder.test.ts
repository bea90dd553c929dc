import assert from "node:assert/strict";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { FolderError, readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FolderError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

async function readFiles(t: TestContext, files: Record<string, string | Buffer>) {
  return readFolder({ dir: await createFiles(t, files) });
}

test("migrations come in Prisma's order, whatever the directory's order is", async (t) => {
  const names = [
    "_hidden",
    ".dot",
    "10_b",
    "20240101000000_a",
    "20240101000000_A",
    "9_a",
    "a_y",
    "a_Z",
    "a-z",
    "B_x",
  ];
  const files = Object.fromEntries(names.toReversed().map((name) => [`${name}/migration.sql`, ""]));
  const { migrations, format } = await readFiles(t, files);
  assert.deepEqual(
    migrations.map(({ name }) => name),
    names,
  );
  assert.equal(format, "prisma");
});

test("only real directories count, of any name; files, links and nested folders are overlooked", async (t) => {
  const dir = await createFiles(t, {
    "node_modules/migration.sql": "SELECT 1",
    "1_a/migration.sql": "",
    "1_a/nested/migration.sql": "",
    "1_a/notes.md": "",
    "2_loose.sql": "",
    "migration_lock.toml": '# comment\nprovider = "postgresql"\n',
  });
  await symlink(join(dir, "1_a"), join(dir, "3_link"));
  const { migrations, incomplete } = await readFolder({ dir });
  assert.deepEqual(
    migrations.map(({ name, file }) => [name, file]),
    [
      ["1_a", join(dir, "1_a/migration.sql")],
      ["node_modules", join(dir, "node_modules/migration.sql")],
    ],
  );
  assert.deepEqual(incomplete, []);
});

test("a directory without migration.sql is named as incomplete", async (t) => {
  const dir = await createFiles(t, { "1_a/migration.sql": "", "2_b/readme.md": "", "3_c/Migration.SQL": "" });
  const { migrations, incomplete } = await readFolder({ dir });
  assert.equal(migrations.length, 1);
  assert.deepEqual(incomplete, [
    { name: "2_b", file: join(dir, "2_b/migration.sql") },
    { name: "3_c", file: join(dir, "3_c/migration.sql") },
  ]);
});

test("a migration.sql that is a directory cannot be read", async (t) => {
  await assert.rejects(
    readFiles(t, { "1_a/migration.sql/x": "" }),
    refusal("SCRIPT_UNREADABLE", /1_a.migration\.sql/),
  );
});

test("a folder that does not exist is refused by its name", async () => {
  await assert.rejects(
    readFolder({ dir: "/nowhere/prisma" }),
    refusal("FOLDER_NOT_FOUND", /\/nowhere\/prisma.*migrations/),
  );
});

test("a file in the place of the folder is refused", async (t) => {
  const file = join(await createFiles(t), "file");
  await writeFile(file, "");
  await assert.rejects(readFolder({ dir: file }), refusal("FOLDER_NOT_A_DIRECTORY", /is a file/));
});

test("an empty folder is refused, and a loose script is told where it belongs", async (t) => {
  await assert.rejects(readFiles(t, {}), refusal("FOLDER_EMPTY", /no migration in/));
  await assert.rejects(
    readFolder({ dir: await createFiles(t, { "1_a.sql": "" }), format: "prisma" }),
    refusal("FOLDER_EMPTY", /1_a\.sql.*<name>\/migration\.sql/),
  );
});

test("a folder of another provider is refused", async (t) => {
  const files = { "1_a/migration.sql": "", "migration_lock.toml": 'provider = "mysql"\r\n' };
  await assert.rejects(readFiles(t, files), refusal("PROVIDER_MISMATCH", /provider = "mysql".*P3019/));
});

test("the lock file may be of Windows, and may say nothing of a provider", async (t) => {
  for (const content of ['# Please\r\nprovider = "postgresql"\r\n', ""]) {
    const { migrations } = await readFiles(t, { "1_a/migration.sql": "", "migration_lock.toml": content });
    assert.equal(migrations.length, 1);
  }
});
