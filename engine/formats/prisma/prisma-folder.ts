import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { checksumMembers } from "../../folder/checksum.ts";
import type { FolderReader } from "../../folder/folder.ts";
import { FolderError } from "../../folder/folder-error.ts";
import type { Migration } from "../../folder/migration.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { readScriptFacts, wholeFile } from "../../folder/script-facts.ts";

const scriptName = "migration.sql";
const downScriptName = "down.sql";
const lockFileName = "migration_lock.toml";

/**
 * Prisma Migrate: one directory for each migration, in Prisma's order. A `down.sql` beside the script is our addition.
 */
export const prismaReader: FolderReader = {
  looksLike: `<timestamp>_<name>/${scriptName}`,
  compareKeys: (left, right) => inPrismaOrder(left, right),
  downOf: (file) => join(dirname(file), downScriptName),

  recognises(dir, { directories, files, scripts }) {
    if (directories.length === 0) return false;
    return (
      scripts.length === 0 ||
      files.includes(lockFileName) ||
      directories.some((name) => existsSync(join(dir, name, scriptName)))
    );
  },

  async read(dir, { directories, files, scripts }) {
    const names = directories.toSorted(inPrismaOrder);
    if (names.length === 0) throw noMigrations(dir, scripts);
    if (files.includes(lockFileName)) await checkProvider(join(dir, lockFileName));
    const path = pathsIn(dir);
    const found = names.map((name) => readMigration(name, path(name)));
    return {
      migrations: found.filter((migration) => "checksum" in migration),
      incomplete: found.filter((migration) => !("checksum" in migration)),
      ignored: scripts.map(path),
    };
  },
};

function readMigration(name: string, path: string): Migration | { name: string; file: string } {
  const file = path + sep + scriptName;
  const script = readScriptFacts(file);
  if (script === undefined) return { name, file };
  const downFile = path + sep + downScriptName;
  const down = readScriptFacts(downFile);
  return {
    name,
    key: name,
    file,
    ...checksumMembers(script),
    up: wholeFile(file, script),
    down: down && wholeFile(downFile, down),
  };
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

function noMigrations(dir: string, [looseScript]: readonly string[]): FolderError {
  const found =
    looseScript === undefined
      ? ""
      : ` It holds ${looseScript}, but a script of Prisma's format belongs into a separate folder: <name>/${scriptName}.`;
  return new FolderError(
    "FOLDER_EMPTY",
    `There is no migration in ${dir}.${found} Expected is <timestamp>_<name>/${scriptName}. Check that it is the right folder.`,
  );
}
