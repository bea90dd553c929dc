import { existsSync } from "node:fs";
import { join } from "node:path";
import { checksumMembers } from "../../folder/checksum.ts";
import type { FolderReader } from "../../folder/folder.ts";
import type { FolderEntries } from "../../folder/folder-entries.ts";
import { misplaced, noMigrations } from "../../folder/format-error.ts";
import type { Migration } from "../../folder/migration.ts";
import { readScriptFacts, wholeFile } from "../../folder/script-facts.ts";

const scriptName = "migration.sql";
const looksLike = `<yyyymmddhhmmss>_<name>/${scriptName}, with snapshot.json beside it`;

/** The number of directories that are inspected: Drizzle puts a snapshot into each. */
const telling = 50;

/** Drizzle from 1.0 on: one directory for each migration, as Prisma has them, with a snapshot of the schema. */
export const drizzleReader: FolderReader = {
  looksLike,
  compareKeys: (left, right) => inDrizzleOrder(left, right),

  recognises(dir, entries) {
    if (entries.files.includes("migration_lock.toml")) return false;
    return directories(entries)
      .slice(0, telling)
      .some((name) => ["snapshot.json", scriptName].every((file) => existsSync(join(dir, name, file))));
  },

  read(dir, entries) {
    const names = directories(entries).sort(inDrizzleOrder);
    const found = names.map((name) => readMigration(dir, name));
    // A directory without a script is not one of Drizzle's.
    const migrations = found.filter((migration) => migration !== undefined);
    if (migrations.length === 0) throw noMigrations(dir, looksLike);
    return { migrations, incomplete: [] };
  },
};

const { compare: inDrizzleOrder } = new Intl.Collator("en");

function directories(entries: FolderEntries): string[] {
  return [...entries.directories, ...entries.links];
}

function readMigration(dir: string, name: string): Migration | undefined {
  const file = join(dir, name, scriptName);
  const script = readScriptFacts(file);
  if (script === undefined) return undefined;
  return {
    name,
    key: name,
    file,
    ...checksumMembers(script),
    up: wholeFile(file, script),
    down: undefined,
    details: { createdAt: timeOf(name, file) },
  };
}

/** The time in a name, in milliseconds, which the ledger holds next to the name. */
function timeOf(name: string, file: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? [];
  if (second === undefined)
    throw misplaced(
      file,
      "its folder's name does not begin with a time of fourteen digits, which Drizzle's ledger needs. Rename it to <yyyymmddhhmmss>_<name>.",
    );
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
