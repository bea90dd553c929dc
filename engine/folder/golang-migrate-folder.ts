import { join } from "node:path";
import type { FolderReader } from "./folder.ts";
import { duplicate, misplaced, noMigrations } from "./format-error.ts";
import { readPresentScript, withoutChecksum } from "./marked-script.ts";
import type { Migration } from "./migration.ts";
import { inBatches } from "./read-in-batches.ts";
import { wholeFile } from "./script-facts.ts";
import { scriptNames } from "./script-head.ts";
import { compareVersions, plainVersion } from "./version.ts";

const looksLike = "<version>_<name>.up.sql, with <version>_<name>.down.sql beside it";
const fileName = /^([0-9]+)_(.*)\.(up|down)\.(.*)$/;

/** golang-migrate: a file that applies a migration and one that rolls it back, in the order of their numbers. */
export const golangMigrateReader: FolderReader = {
  looksLike,

  recognises: (_dir, entries) =>
    entries.some(({ name }) => fileName.exec(name)?.[3] === "up" && name.endsWith(".sql")),

  async read(dir, entries) {
    for (const name of scriptNames(entries))
      if (!fileName.test(name))
        throw misplaced(
          join(dir, name),
          `golang-migrate overlooks it: rename it to ${looksLike}, or move it elsewhere.`,
        );
    const pairs = pairsOf(
      dir,
      entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name),
    );
    if (pairs.length === 0) throw noMigrations(dir, looksLike);
    const migrations = await inBatches(pairs, (pair) => readMigration(dir, pair));
    // The ledger holds the last version alone, so a migration that is rolled back has to know the one before it.
    return {
      migrations: migrations.map((migration, index) => ({
        ...migration,
        details: { previous: migrations[index - 1]?.key ?? "" },
      })),
      incomplete: [],
    };
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

async function readMigration(dir: string, { version, up, down }: Pair): Promise<Migration> {
  if (up === undefined)
    throw misplaced(
      join(dir, down ?? ""),
      "It has no .up.sql beside it, so golang-migrate would take the version for applied without running anything: add it, or delete this file.",
    );
  const file = join(dir, up);
  const script = await readPresentScript(file);
  const downFile = down && join(dir, down);
  return {
    ...withoutChecksum,
    name: up.replace(/\.up\.[^.]*$/, ""),
    key: version,
    file,
    portableChecksum: script.portable,
    up: wholeFile(file, script),
    down: downFile === undefined ? undefined : wholeFile(downFile, await readPresentScript(downFile)),
  };
}
