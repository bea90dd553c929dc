import { join } from "node:path";
import { checksumMembers } from "../../folder/checksum.ts";
import type { FolderReader } from "../../folder/folder.ts";
import { misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import type { Migration } from "../../folder/migration.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { compareVersions, plainVersion, requireUniqueKeys } from "../../folder/version.ts";

const looksLike = "<number>_<name>.sql, with <number>_<name>.down.sql beside it if you like";
const fileName = /^(\d+)(?:\D.*)?\.sql$/;
const downEnding = ".down.sql";

/** Plain SQL files that begin with a number, ordered by number. They belong to no tool and have our own ledger. */
export const numberedReader: FolderReader = {
  looksLike,
  compareKeys: compareVersions,
  downOf: (file) => file.replace(/\.sql$/, downEnding),
  // Only this package applies them.
  accepts: ["byte-order-mark", "copy-data", "psql-command", "new-enum-value", "segments"],

  recognises: (_dir, { scripts }) => (scripts.some((name) => fileName.test(name)) ? "perhaps" : false),

  read(dir, { scripts }) {
    for (const name of scripts)
      if (!fileName.test(name))
        throw misplaced(
          join(dir, name),
          `Its name does not begin with a number, so its position is unknown. Rename it to <number>_<name>.sql, or move it elsewhere.`,
        );
    const names = new Set(scripts);
    const downs = new Set(scripts.filter((name) => name.endsWith(downEnding)));
    const ups = scripts.filter((name) => !downs.has(name));
    for (const down of downs)
      if (!names.has(upOf(down)) || downs.has(upOf(down)))
        throw misplaced(
          join(dir, down),
          `There is no ${upOf(down)} that it rolls back. Add it, or delete this file.`,
        );
    if (ups.length === 0) throw noMigrations(dir, looksLike);
    const migrations = ups.map((name) => readMigration(dir, { name, downs }));
    migrations.sort((left, right) => compareVersions(left.key, right.key));
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

function upOf(down: string): string {
  return `${down.slice(0, -downEnding.length)}.sql`;
}

function readMigration(
  dir: string,
  { name: script, downs }: { name: string; downs: ReadonlySet<string> },
): Migration {
  const name = script.slice(0, -".sql".length);
  const file = join(dir, script);
  const facts = readPresentScript(file);
  const downFile = downs.has(name + downEnding) ? join(dir, name + downEnding) : undefined;
  return {
    name,
    key: plainVersion(fileName.exec(script)?.[1] ?? ""),
    file,
    ...checksumMembers(facts),
    up: wholeFile(file, facts),
    down: downFile === undefined ? undefined : wholeFile(downFile, readPresentScript(downFile)),
  };
}
