import { basename, dirname, resolve } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import { misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import type { Migration } from "../../folder/migration.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { compareBytes, requireUniqueKeys } from "../../folder/version.ts";
import { UnreadMigration } from "../../folder/unread-migration.ts";

const looksLike = "<timestamp>_<name>.sql";
const fileName = /^([0-9]+)_(.*)\.sql$/;

/** Supabase: one file for each migration, ordered by file name. */
export const supabaseReader: FolderReader = {
  looksLike,
  compareKeys: compareBytes,

  recognises(dir, { scripts }) {
    if (!scripts.some((name) => /^\d{14}_/.test(name))) return false;
    return isSupabase(dir) ? true : "perhaps";
  },

  read(dir, { scripts }) {
    const path = pathsIn(dir);
    const migrations = scripts.map((name) => migrationOf(name, path(name)));
    if (isOldInitialSchema(scripts[0] ?? "")) migrations.shift();
    if (migrations.length === 0) throw noMigrations(dir, looksLike);
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

/** True for Supabase's own place for migrations. */
function isSupabase(dir: string): boolean {
  const absolute = resolve(dir);
  return basename(absolute) === "migrations" && basename(dirname(absolute)) === "supabase";
}

/** Supabase ignores the file that its first versions wrote into a new project. */
function isOldInitialSchema(name: string): boolean {
  const [, timestamp] = /([0-9]{14})_init\.sql/.exec(name) ?? [];
  return timestamp !== undefined && timestamp < "20211209000000";
}

function migrationOf(name: string, file: string): Migration {
  const [, version, title = ""] = fileName.exec(name) ?? [];
  if (version === undefined)
    throw misplaced(
      file,
      `Supabase ignores it, because its name is not ${looksLike}. Rename it, or move it elsewhere.`,
    );
  return new UnreadMigration(
    { name: name.slice(0, -".sql".length), key: version, file, details: { name: title } },
    () => {
      const script = readPresentScript(file);
      return { portableChecksum: script.portable, up: wholeFile(file, script), down: undefined };
    },
  );
}
