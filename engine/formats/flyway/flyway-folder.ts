import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  readFlywayName,
  compareFlywayVersions,
  flywayRepeatableKey,
  flywayVersionKey,
  type FlywayName,
} from "./flyway-name.ts";
import { readFlywayScript, readScriptSettings } from "./flyway-script.ts";
import type { FolderReader } from "../../folder/folder.ts";
import { duplicate, misplaced, noMigrations } from "../../folder/format-error.ts";
import { readPresentScript } from "../../folder/marked-script.ts";
import type { Migration, ScriptSection } from "../../folder/migration.ts";
import { inBatches } from "../../folder/read-in-batches.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { compareBytes, requireUniqueKeys } from "../../folder/version.ts";

const looksLike = "V<version>__<description>.sql, and R__<description>.sql for what is repeated";

/** Flyway: versioned migrations ordered by version, then repeatable ones ordered by description. */
export const flywayReader: FolderReader = {
  looksLike,
  // A repeatable migration has no version, and is never rolled back.
  compareKeys: (left, right) => (left.startsWith("R__") ? -1 : compareFlywayVersions(left, right)),
  downOf: (file) => join(dirname(file), basename(file).replace(/^V/, "U")),
  accepts: ["byte-order-mark", "copy-data"],

  recognises: (_dir, { scripts }) => scripts.some((name) => /^(?:V\d+(?:[._]\d+)*|R)__/.test(name)),

  async read(dir) {
    const scripts = (await inBatches(await scriptsIn(dir), (script) => readScript(dir, script))).filter(
      (script) => script !== undefined,
    );
    const downs = downsOf(scripts);
    const migrations = scripts
      .filter(({ kind }) => kind !== "undo")
      .map((script) => migrationOf(script, downs));
    for (const [key, { file, version }] of downs)
      if (!migrations.some((migration) => migration.key === key))
        throw misplaced(file, `There is no V${version}__... that it undoes. Add it, or delete this file.`);
    if (migrations.length === 0) throw noMigrations(dir, looksLike);
    migrations.sort(inFlywayOrder);
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

/** A script of Flyway that was read. */
interface FlywayScript extends FlywayName {
  /** Its name in the ledger: the path below the folder. */
  script: string;
  file: string;
  checksum: string;
  portableChecksum: string;
  section: ScriptSection;
}

/** Flyway searches subfolders too. */
async function scriptsIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return (
    entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".sql"))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, "/").length))
      // The hidden folders of a ConfigMap, which its links lead to.
      .filter((script) => !script.startsWith(".."))
  );
}

async function readScript(dir: string, script: string): Promise<FlywayScript | undefined> {
  const file = join(dir, script);
  const name = readFlywayName(file);
  if (name === undefined) return undefined;
  const settings = readScriptSettings(file);
  const facts = readPresentScript(file);
  return {
    ...name,
    script: script.replaceAll("\\", "/"),
    file,
    checksum: String(await readFlywayScript(file, settings)),
    portableChecksum: facts.portable,
    section: { ...wholeFile(file, facts), transaction: settings.transaction },
  };
}

function downsOf(scripts: readonly FlywayScript[]): Map<string, FlywayScript> {
  const downs = new Map<string, FlywayScript>();
  for (const script of scripts.filter(({ kind }) => kind === "undo")) {
    const key = flywayVersionKey(script.version);
    const other = downs.get(key);
    if (other !== undefined) throw duplicate(script.version, script.file, other.file);
    downs.set(key, script);
  }
  return downs;
}

function migrationOf(script: FlywayScript, downs: ReadonlyMap<string, FlywayScript>): Migration {
  const repeatable = script.kind === "repeatable";
  const key = repeatable ? flywayRepeatableKey(script.description) : flywayVersionKey(script.version);
  const down = repeatable ? undefined : downs.get(key);
  return {
    name: script.script.slice(0, -".sql".length),
    key,
    file: script.file,
    checksum: script.checksum,
    alternativeChecksums: [],
    portableChecksum: script.portableChecksum,
    up: script.section,
    down: down?.section,
    repeatable,
    details: {
      version: script.version,
      description: script.description,
      script: script.script,
      ...(down && {
        downScript: down.script,
        downChecksum: down.checksum,
        downDescription: down.description,
      }),
    },
  };
}

function inFlywayOrder(left: Migration, right: Migration): number {
  if (left.repeatable !== right.repeatable) return left.repeatable === true ? 1 : -1;
  return left.repeatable === true
    ? compareBytes(String(left.details?.["description"]), String(right.details?.["description"]))
    : compareFlywayVersions(left.key, right.key);
}
