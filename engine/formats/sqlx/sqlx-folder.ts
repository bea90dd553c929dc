import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import { duplicate, misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import type { Migration, ScriptSection } from "../../folder/migration.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { inBatches } from "../../folder/read-in-batches.ts";
import { type ScriptFacts, wholeFile } from "../../folder/script-facts.ts";
import { headOf } from "../../folder/script-head.ts";
import { wholeLines } from "../../folder/script-source.ts";
import { compareVersions, plainVersion } from "../../folder/version.ts";

const looksLike = "<version>_<name>.sql, or <version>_<name>.up.sql with .down.sql beside it";
const fileName = /^(\d+)_(.*?)((?:\.up|\.down)?(?:\.sql)+)$/;

/** sqlx: a file for each migration, or one that applies and one that reverts it, ordered by number. */
export const sqlxReader: FolderReader = {
  looksLike,
  compareKeys: compareVersions,
  downOf: (file) => file.replace(/(?:\.up)?\.sql$/, ".down.sql"),

  // Names are ambiguous: golang-migrate's, Supabase's and plain numbered files have the same form.
  recognises: (dir, { scripts }) =>
    scripts.some((name) => fileName.test(name)) && dependsOnSqlx(join(dir, "..", "Cargo.toml")),

  async read(dir, { scripts }) {
    const path = pathsIn(dir);
    const pairs = new Map<string, Pair>();
    for (const name of scripts) {
      const [, digits, description = "", ending = ""] = fileName.exec(name) ?? [];
      if (digits === undefined)
        throw misplaced(
          path(name),
          `sqlx ignores or refuses it. Rename it to ${looksLike}, or move it elsewhere.`,
        );
      const pair = pairs.get(plainVersion(digits)) ?? {};
      const direction = ending.startsWith(".down") ? "down" : "up";
      const other = pair[direction];
      if (other !== undefined) throw duplicate(plainVersion(digits), path(name), path(other.file));
      pairs.set(plainVersion(digits), { ...pair, [direction]: { file: name, description } });
    }
    if (pairs.size === 0) throw noMigrations(dir, looksLike);
    const migrations = await inBatches([...pairs], ([version, pair]) => readMigration(version, pair, path));
    migrations.sort((left, right) => compareVersions(left.key, right.key));
    return { migrations, incomplete: [] };
  },
};

interface SqlxFile {
  file: string;
  description: string;
}

interface Pair {
  up?: SqlxFile;
  down?: SqlxFile;
}

function dependsOnSqlx(manifest: string): boolean {
  return existsSync(manifest) && /^\s*sqlx\b|^\[.*dependencies\.sqlx\]/m.test(readFileSync(manifest, "utf8"));
}

async function readMigration(
  version: string,
  { up, down }: Pair,
  path: (name: string) => string,
): Promise<Migration> {
  if (up === undefined)
    throw misplaced(
      path(down?.file ?? ""),
      "There is no .up.sql that it reverts. Restore it, or move this file elsewhere.",
    );
  const file = path(up.file);
  const script = readPresentScript(file);
  return {
    name: up.file.replace(/(?:\.up)?\.sql$/, ""),
    key: version,
    file,
    checksum: await checksumOf(file),
    alternativeChecksums: [],
    portableChecksum: script.portable,
    up: sectionIn(file, script),
    down: down === undefined ? undefined : sectionIn(path(down.file), readPresentScript(path(down.file))),
    details: { description: up.description.replaceAll("_", " ") },
  };
}

async function checksumOf(file: string): Promise<string> {
  const sum = createHash("sha384");
  for await (const lines of wholeLines(file)) sum.update(lines);
  return sum.digest("hex");
}

/** A comment at the very beginning keeps a file out of a transaction. */
function sectionIn(file: string, script: ScriptFacts): ScriptSection {
  return { ...wholeFile(file, script), transaction: !headOf(file).startsWith("-- no-transaction") };
}
