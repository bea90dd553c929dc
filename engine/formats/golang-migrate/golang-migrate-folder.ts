import { join } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import { duplicate, misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import type { Migration } from "../../folder/migration.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { compareVersions, plainVersion } from "../../folder/version.ts";
import { type MigrationScripts, UnreadMigration } from "../../folder/unread-migration.ts";

const looksLike = "<version>_<name>.up.sql, with <version>_<name>.down.sql beside it";
const fileName = /^([0-9]+)_(.*)\.(up|down)\.(.*)$/;

/** golang-migrate: a file that applies a migration and one that rolls it back, ordered by number. */
export const golangMigrateReader: FolderReader = {
  looksLike,
  compareKeys: compareVersions,
  downOf: (file) => file.replace(/\.up(?=\.[^.]*$)/, ".down"),

  recognises: (_dir, { scripts }) => scripts.some((name) => fileName.exec(name)?.[3] === "up"),

  read(dir, { files, scripts }) {
    for (const name of scripts)
      if (!fileName.test(name))
        throw misplaced(
          join(dir, name),
          `golang-migrate ignores it. Rename it to ${looksLike}, or move it elsewhere.`,
        );
    const pairs = pairsOf(dir, files);
    if (pairs.length === 0) throw noMigrations(dir, looksLike);
    const path = pathsIn(dir);
    // The ledger holds only the last version, so a migration must know its predecessor to be rolled back.
    const migrations = pairs.map((pair, index) => migrationOf(path, pair, pairs[index - 1]?.version ?? ""));
    return { migrations, incomplete: [] };
  },
};

interface Pair {
  version: string;
  up?: string;
  down?: string;
}

function pairsOf(dir: string, names: readonly string[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const name of names) {
    const [, digits, , direction] = fileName.exec(name) ?? [];
    if (digits === undefined) continue;
    const version = plainVersion(digits);
    const pair = pairs.get(version) ?? { version };
    const other = direction === "up" ? pair.up : pair.down;
    if (other !== undefined) throw duplicate(version, join(dir, name), other);
    pairs.set(version, { ...pair, [direction === "up" ? "up" : "down"]: name });
  }
  return [...pairs.values()].sort((left, right) => compareVersions(left.version, right.version));
}

function migrationOf(
  path: (name: string) => string,
  { version, up, down }: Pair,
  previous: string,
): Migration {
  if (up === undefined)
    throw misplaced(
      path(down ?? ""),
      "It has no .up.sql beside it, so golang-migrate would treat the version as applied without running anything. Add it, or delete this file.",
    );
  const file = path(up);
  const downFile = down && path(down);
  return new UnreadMigration(
    { name: up.replace(/\.up\.[^.]*$/, ""), key: version, file, details: { previous } },
    () => readScripts(file, downFile),
  );
}

function readScripts(file: string, downFile: string | undefined): MigrationScripts {
  const script = readPresentScript(file);
  return {
    portableChecksum: script.portable,
    up: wholeFile(file, script),
    down: downFile === undefined ? undefined : wholeFile(downFile, readPresentScript(downFile)),
  };
}
