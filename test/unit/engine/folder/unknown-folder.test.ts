import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { FolderError, readFolder } from "../../../../engine/index.ts";
import { createFiles } from "../../../migration-folder.ts";

async function isRefused(
  t: TestContext,
  files: Record<string, string>,
  { code, message, at = "." }: { code: string; message: RegExp; at?: string },
): Promise<void> {
  const dir = join(await createFiles(t, files), at);
  await assert.rejects(readFolder({ dir }), (error) => {
    assert.ok(error instanceof FolderError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /delete/i);
    assert.ok(error.message.length < 600, "short enough to be read");
    return true;
  });
}

const others: Record<string, Record<string, string>> = {
  Atlas: { "20260101000000_a.sql": "SELECT 1", "atlas.sum": "h1:x=" },
  sqitch: { "sqitch.plan": "", "deploy/a.sql": "", "revert/a.sql": "" },
  Alembic: { "script.py.mako": "", "env.py": "", "versions/1_a.py": "" },
  Rails: { "20260101000000_create_gifts.rb": "" },
  Django: { "__init__.py": "", "0001_initial.py": "" },
  Liquibase: { "db.changelog-master.yaml": "" },
  "graphile-migrate": { "000001.sql": "--! Previous: -\n--! Hash: sha1:x\nSELECT 1" },
  Hasura: { "1767225600000_a/up.sql": "", "1767225600000_a/down.sql": "" },
  "Prisma 8": { "20260101000000_a/ops.json": "[]" },
  pgroll: { "01_a.json": '{\n  "name": "01_a",\n  "operations": []\n}' },
  "a tool in JavaScript": { "20260101_a.ts": "export {}", "20260102_b.js": "" },
};

for (const [tool, files] of Object.entries(others))
  test(`a folder of ${tool} is known by its signs, and left to its tool`, async (t) => {
    const message = new RegExp(`looks like a folder of ${tool}.*set \`command\``);
    await isRefused(t, files, { code: "NEEDS_ITS_TOOL", message });
  });

test("the folder below that is meant is named, one level down or two", async (t) => {
  const prisma = { "prisma/schema.prisma": "", "prisma/migrations/1_a/migration.sql": "SELECT 1" };
  const message =
    /which holds 1 folder without migration\.sql \(migrations\), 1 other file.* If you mean \S+prisma\/migrations, set migrations to it/;
  await isRefused(t, prisma, { code: "FOLDER_EMPTY", message, at: "prisma" });
  await isRefused(t, prisma, { code: "FOLDER_EMPTY", message: /If you mean \S+prisma\/migrations, set/ });
  const goose = {
    "db/migrations/1_a.sql": "-- +goose Up\nSELECT 1;",
    ".git/HEAD": "",
    "node_modules/x/1_a.sql": "",
  };
  await isRefused(t, goose, { code: "FOLDER_EMPTY", message: /If you mean \S+\/db\/migrations, set/ });
});

test("a long list of what is there is cut", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 342 }, (_, n) => [`folder_${n}/notes.txt`, ""]));
  await isRefused(t, files, {
    code: "FOLDER_EMPTY",
    message: /342 folders without migration\.sql \(\S+, \S+, \S+ and 339 more\)\. Set migrations to/,
  });
});

test("a script that is named like another tool's file, and a program beside scripts, change nothing", async (t) => {
  const files = {
    "001_a.sql": "SELECT 1",
    "002_add_changelog.sql": "SELECT 2",
    "CHANGELOG.md": "",
    "migrate.js": "",
  };
  assert.equal((await readFolder({ dir: await createFiles(t, files) })).format, "numbered");
  await isRefused(
    t,
    { "001_a.sql": "SELECT 1", "002_b.ts": "export {}" },
    { code: "NEEDS_ITS_TOOL", message: /002_b\.ts/ },
  );
});

test("what a known format has beside its scripts does not make it another tool's", async (t) => {
  const dir = await createFiles(t, { "1_a.sql": "-- +goose Up\nSELECT 1;", "atlas.sum": "h1:x=" });
  assert.equal((await readFolder({ dir })).format, "goose");
  const named = await createFiles(t, { "20260101000000_a.sql": "SELECT 1", "atlas.sum": "h1:x=" });
  assert.equal((await readFolder({ dir: named, format: "supabase" })).format, "supabase");
});
