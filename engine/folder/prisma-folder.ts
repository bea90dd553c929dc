import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { prismaChecksums } from "./checksum.ts";
import type { Folder, Migration } from "./folder.ts";
import { FolderError, unreadableScript } from "./folder-error.ts";

const scriptName = "migration.sql";
const lockFileName = "migration_lock.toml";
/** Files that are read at the same time: enough to hide the disk's latency, far below any limit on open files. */
const concurrentReads = 64;

/** Reads a folder of Prisma Migrate: one directory for each migration, in Prisma's own order. */
export async function readPrismaFolder(dir: string): Promise<Folder> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort(inPrismaOrder);
  if (names.length === 0)
    throw noMigrations(
      dir,
      entries.map((entry) => entry.name),
    );
  if (entries.some((entry) => entry.name === lockFileName)) await checkProvider(join(dir, lockFileName));
  const found = await inBatches(names, (name) => readMigration(dir, name));
  return {
    dir,
    format: "prisma",
    migrations: found.filter((migration) => "checksum" in migration),
    incomplete: found.filter((migration) => !("checksum" in migration)),
  };
}

async function readMigration(dir: string, name: string): Promise<Migration | { name: string; file: string }> {
  const file = join(dir, name, scriptName);
  try {
    const { checksum, alternatives, portable } = prismaChecksums(await readFile(file));
    return { name, file, checksum, alternativeChecksums: alternatives, portableChecksum: portable };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { name, file };
    throw unreadableScript(file, error);
  }
}

/** Prisma sorts by the rules of language, not by bytes: `a_y` before `B_x`. */
const { compare: inPrismaOrder } = new Intl.Collator("en");

async function checkProvider(file: string): Promise<void> {
  const line = (await readFile(file, "utf8"))
    .split(/\r?\n/)
    .find((candidate) => candidate.startsWith("provider"));
  if (line === undefined || line.trim() === 'provider = "postgresql"') return;
  throw new FolderError(
    "PROVIDER_MISMATCH",
    `${file} says ${line.trim()}: these migrations were written for another database than PostgreSQL (Prisma's P3019).`,
  );
}

function noMigrations(dir: string, entries: string[]): FolderError {
  const looseScript = entries.find((entry) => entry.endsWith(".sql"));
  const found =
    looseScript === undefined
      ? ""
      : ` It holds ${looseScript}, but a script of Prisma's format lies in a folder of its own: <name>/${scriptName}.`;
  return new FolderError(
    "FOLDER_EMPTY",
    `There is no migration in ${dir}.${found} Is it the right folder? Expected is <timestamp>_<name>/${scriptName}.`,
  );
}

async function inBatches<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += concurrentReads)
    results.push(...(await Promise.all(items.slice(at, at + concurrentReads).map(work))));
  return results;
}
