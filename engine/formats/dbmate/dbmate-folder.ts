import type { FolderReader } from "../../folder/folder.ts";
import { malformed, misplaced, noMigrations } from "../../folder/format-error.ts";
import {
  type MarkedScript,
  readMarkedScript,
  requireNothingBefore,
  sectionOf,
} from "../../folder/marked-script.ts";
import type { Migration } from "../../folder/migration.ts";
import type { CommentLine } from "../../folder/script-facts.ts";
import { pathsIn } from "../../folder/paths-in.ts";
import { someScriptHas } from "../../folder/script-head.ts";
import { compareBytes, requireUniqueKeys } from "../../folder/version.ts";
import { type MigrationScripts, UnreadMigration } from "../../folder/unread-migration.ts";

const looksLike = "<version>_<name>.sql with -- migrate:up and -- migrate:down";
/** dbmate's own pattern, which a name with a line feed does not match. */
const fileName = /^(\d+).*\.sql$/;
const marker = /^--\s*migrate:(up|down)(?=\s*$|\s+\S)/;
/** Looks like a marker, but dbmate does not recognize it. */
const misspelled = /^\s*--\s*migrate\s*(?::\s*\w*|\s(?:up|down)\s*$)/i;

/** dbmate: one file for each migration, ordered by file name, with sections marked by comments. */
export const dbmateReader: FolderReader = {
  looksLike,
  compareKeys: compareBytes,
  downOf: (file) => `${file}, in a section "-- migrate:down"`,

  recognises: (dir, { scripts }) => someScriptHas(dir, scripts, /^--\s*migrate:(up|down)\b/m),

  read(dir, { scripts }) {
    if (scripts.length === 0) throw noMigrations(dir, looksLike);
    const path = pathsIn(dir);
    const migrations = scripts.map((name) => migrationOf(name, path(name)));
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

function migrationOf(name: string, file: string): Migration {
  const key = fileName.exec(name)?.[1];
  if (key === undefined)
    throw misplaced(
      file,
      "dbmate ignores it, because its name does not begin with a version. Rename it to <version>_<name>.sql, or move it elsewhere.",
    );
  return new UnreadMigration({ name: name.slice(0, -".sql".length), key, file }, () => readScripts(file));
}

function readScripts(file: string): MigrationScripts {
  const script = readMarkedScript(file);
  const { up, down } = markersIn(script);
  requireNothingBefore(script, up);
  return {
    portableChecksum: script.portable,
    up: sectionOf(script, up, { until: down, transaction: isTransaction(file, up) }),
    down: sectionOf(script, down, { until: undefined, transaction: isTransaction(file, down) }),
  };
}

function markersIn({ file, comments }: MarkedScript): { up: CommentLine; down: CommentLine } {
  const found = comments.filter(({ text }) => marker.test(text));
  const typo = comments.find(({ text }) => misspelled.test(text) && !marker.test(text));
  if (typo !== undefined)
    throw malformed(
      { file, start: typo.start },
      `${typo.text.trim()} is not a marker of dbmate. Write "-- migrate:up" or "-- migrate:down" at the beginning of the line.`,
    );
  const [up, down, more] = found;
  if (up === undefined || directionOf(up) !== "up")
    throw malformed(
      { file, start: up?.start ?? 0 },
      `"-- migrate:up" is missing, or comes after "-- migrate:down". Put it before the statements that apply the migration.`,
    );
  if (down === undefined)
    throw malformed(
      { file, start: up.start },
      `"-- migrate:down" is missing, without which dbmate refuses the file. Add it at the end, with or without statements after it.`,
    );
  if (directionOf(down) !== "down" || more !== undefined)
    throw malformed(
      { file, start: (directionOf(down) === "down" ? (more ?? down) : down).start },
      `The file has more than one pair of "-- migrate:up" and "-- migrate:down". Make each a separate migration.`,
    );
  return { up, down };
}

function directionOf({ text }: CommentLine): string | undefined {
  return marker.exec(text)?.[1];
}

/** dbmate ignores an option that it cannot read, which would hide a typing error. */
function isTransaction(file: string, { text, start }: CommentLine): boolean {
  const options = text.replace(marker, "").trim().split(/\s+/);
  const isOption = (option: string): boolean => /^transaction/i.test(option);
  const odd = options.find((option) => isOption(option) && !/^transaction:(true|false)$/.test(option));
  if (odd !== undefined)
    throw malformed({ file, start }, `dbmate does not understand ${odd}. Write transaction:false.`);
  // The last of several options counts.
  return options.findLast(isOption) !== "transaction:false";
}
