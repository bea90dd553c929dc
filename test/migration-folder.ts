import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Folder, readFolder } from "../engine/index.ts";

/** Creates a directory for one test, with the given files. It is removed after the test. */
export async function createFiles(
  t: TestContext,
  files: Readonly<Record<string, string | Buffer>> = {},
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "migrations-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await writeFiles(dir, files);
  return dir;
}

/** Writes files below a directory, and creates the folders that they need. */
export async function writeFiles(
  dir: string,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}

/** A folder in Prisma's format with one migration for each script, ordered by name. */
export async function createFolder(
  t: TestContext,
  scripts: Readonly<Record<string, string | Buffer>>,
): Promise<Folder> {
  const dir = await createFiles(t, asPrismaFiles(scripts));
  return readFolder({ dir });
}

/** Changes or adds scripts of a folder and reads it again. */
export async function changeFolder(
  { dir }: Folder,
  scripts: Readonly<Record<string, string | Buffer>>,
): Promise<Folder> {
  await writeFiles(dir, asPrismaFiles(scripts));
  return readFolder({ dir });
}

function asPrismaFiles(scripts: Readonly<Record<string, string | Buffer>>): Record<string, string | Buffer> {
  return Object.fromEntries(
    Object.entries(scripts).map(([name, script]) => [`${name}/migration.sql`, script]),
  );
}
