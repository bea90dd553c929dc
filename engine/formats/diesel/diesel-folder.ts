import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import { malformed, misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { type MigrationScripts, UnreadMigration } from "../../folder/unread-migration.ts";
import { compareBytes, requireUniqueKeys } from "../../folder/version.ts";

const looksLike = "<date>_<name>/up.sql, with down.sql beside it";
/** The form of names from `diesel migration generate`. Other tools have directories with up.sql too. */
const generatedName = /^\d{4}-?\d{2}-?\d{2}-?\d{6}_/;

/** diesel: a directory for each migration, with `up.sql` and `down.sql`, ordered by their versions as texts. */
export const dieselReader: FolderReader = {
  looksLike,
  compareKeys: compareBytes,
  downOf: (file) => join(dirname(file), "down.sql"),

  // Prisma's directories also have such names, possibly ten thousand. Looking into one is enough.
  recognises(dir, { directories }) {
    const name = directories.find((one) => generatedName.test(one));
    return name !== undefined && existsSync(join(dir, name, "up.sql"));
  },

  read(dir, { directories, scripts }) {
    const path = pathsIn(dir);
    for (const name of scripts)
      throw misplaced(path(name), `diesel ignores it. Move it into a separate directory, as up.sql.`);
    const names = directories.filter((name) => !isPassedOver(name, path(name)));
    if (names.length === 0) throw noMigrations(dir, looksLike);
    const migrations = names.map((name) => readMigration(name, path(name)));
    migrations.sort((left, right) => compareBytes(left.key, right.key));
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

/** diesel ignores hidden and empty directories. */
function isPassedOver(name: string, dir: string): boolean {
  return name.startsWith(".") || (!existsSync(join(dir, "up.sql")) && readdirSync(dir).length === 0);
}

function readMigration(name: string, dir: string): UnreadMigration {
  const file = join(dir, "up.sql");
  if (!existsSync(file))
    throw misplaced(
      dir,
      "It has no up.sql, and diesel refuses a folder with such a directory. Restore up.sql, or move the directory elsewhere.",
    );
  return new UnreadMigration({ name, key: versionOf(name), file }, () => readScripts(dir));
}

/** The part before the first underscore, without its hyphens. */
function versionOf(name: string): string {
  return (name.split("_", 1)[0] ?? name).replaceAll("-", "");
}

function readScripts(dir: string): MigrationScripts {
  const [file, downFile] = [join(dir, "up.sql"), join(dir, "down.sql")];
  const transaction = runsInTransaction(join(dir, "metadata.toml"));
  const script = readPresentScript(file);
  return {
    portableChecksum: script.portable,
    up: { ...wholeFile(file, script), transaction },
    down: existsSync(downFile)
      ? { ...wholeFile(downFile, readPresentScript(downFile)), transaction }
      : undefined,
  };
}

/** In a file without the option, diesel reads false; without the file, true. */
function runsInTransaction(file: string): boolean {
  if (!existsSync(file)) return true;
  const [, value] =
    /^\s*run_in_transaction\s*=\s*([^#\r\n]*?)\s*(?:#.*)?$/m.exec(readFileSync(file, "utf8")) ?? [];
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw malformed({ file, start: 0 }, "run_in_transaction must be true or false.");
}
