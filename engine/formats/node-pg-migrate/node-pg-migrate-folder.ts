import { join } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import type { FolderError } from "../../folder/folder-error.ts";
import { malformed, misplaced, needsTool, noMigrations } from "../../folder/format-error.ts";
import { type MarkedScript, readMarkedScript, sectionOf } from "../../folder/marked-script.ts";
import type { Migration, ScriptSection } from "../../folder/migration.ts";
import { wholeFile } from "../../folder/script-facts.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { someScriptHas } from "../../folder/script-head.ts";
import { requireUniqueKeys } from "../../folder/version.ts";
import { UnreadMigration } from "../../folder/unread-migration.ts";

const looksLike = "<time>_<name>.sql with -- Up Migration and -- Down Migration";
const program = /^\d+.*\.(?:js|ts|cjs|mjs|cts|mts)$/;
const marker = { up: /^\s*--[\s-]*up\s+migration/i, down: /^\s*--[\s-]*down\s+migration/i };

/** node-pg-migrate with migrations in SQL: one file for each, with sections marked by comments. */
export const nodePgMigrateReader: FolderReader = {
  looksLike,
  compareKeys: compareNames,
  downOf: (file) => `${file}, in a section "-- Down Migration"`,

  recognises(dir, { files, scripts }) {
    if (someScriptHas(dir, scripts, /^[ \t]*--[ \t-]*(?:up|down)[ \t]+migration/im)) return true;
    return files.some((name) => program.test(name)) ? "perhaps" : false;
  },

  read(dir, { files, scripts }) {
    for (const name of files) if (program.test(name)) throw inJavaScript(join(dir, name));
    // The tool ignores names that begin with a dot too.
    const names = scripts.filter((name) => !name.startsWith("."));
    for (const name of names)
      if (!/^\d/.test(name))
        throw misplaced(
          join(dir, name),
          "node-pg-migrate refuses a name that does not begin with a number. Rename it to <time>_<name>.sql, or move it elsewhere.",
        );
    if (names.length === 0) throw noMigrations(dir, looksLike);
    const path = pathsIn(dir);
    const migrations = names.sort(compareNames).map((name) => migrationOf(name, path(name)));
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

function inJavaScript(file: string): FolderError {
  return needsTool(
    file,
    "Only the tool itself can run migrations in JavaScript or TypeScript. " +
      "Write this one in SQL under the same name (node-pg-migrate prints its SQL with --verbose --dry-run), " +
      "or keep using the tool for this folder.",
  );
}

const { compare: inLanguageOrder } = new Intl.Collator(undefined, {
  usage: "sort",
  numeric: true,
  sensitivity: "variant",
  ignorePunctuation: true,
});

function compareNames(left: string, right: string): number {
  return prefixOf(left) - prefixOf(right) || inLanguageOrder(left, right);
}

/** Seventeen digits are a time in UTC, to the millisecond; any other number stands for itself. */
function prefixOf(name: string): number {
  const [digits = ""] = /^\d+/.exec(name) ?? [];
  const [, year, month, day, hour, minute, second, millisecond] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits) ?? [];
  if (millisecond === undefined) return Number(digits);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
}

function migrationOf(fileName: string, file: string): Migration {
  const name = fileName.slice(0, -".sql".length);
  return new UnreadMigration({ name, key: name, file }, () => {
    const script = readMarkedScript(file);
    return { portableChecksum: script.portable, ...sectionsOf(script) };
  });
}

function sectionsOf(script: MarkedScript): { up: ScriptSection; down: ScriptSection | undefined } {
  const up = script.comments.find(({ text }) => marker.up.test(text));
  const down = script.comments.find(({ text }) => marker.down.test(text));
  if (up === undefined && down === undefined) return { up: wholeFile(script.file, script), down: undefined };
  if (up === undefined)
    throw malformed(
      { file: script.file, start: down?.start ?? 0 },
      `"-- Up Migration" is missing, so node-pg-migrate would run the statements below "-- Down Migration" to apply it. Add it above the statements that apply the migration.`,
    );
  // Either can come first.
  const [afterUp, afterDown] =
    down !== undefined && down.start < up.start ? [undefined, up] : [down, undefined];
  return {
    up: sectionOf(script, up, { until: afterUp, transaction: true }),
    down: down && sectionOf(script, down, { until: afterDown, transaction: true }),
  };
}
