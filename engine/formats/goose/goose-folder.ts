import { join } from "node:path";
import type { FolderReader } from "../../folder/folder.ts";
import { malformed, misplaced, needsTool, noMigrations } from "../../folder/format-error.ts";
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
import { compareVersions, plainVersion, requireUniqueKeys } from "../../folder/version.ts";
import { type MigrationScripts, UnreadMigration } from "../../folder/unread-migration.ts";

const looksLike = "<version>_<name>.sql with -- +goose Up and -- +goose Down";
const version = /^\d+(?=_)/;
const annotations = [
  "up",
  "down",
  "statementbegin",
  "statementend",
  "no transaction",
  "envsub on",
  "envsub off",
];

/** goose: one file for each migration, ordered by number, with sections marked by comments. */
export const gooseReader: FolderReader = {
  looksLike,
  compareKeys: compareVersions,
  downOf: (file) => `${file}, in a section "-- +goose Down"`,

  recognises: (dir, { scripts }) => someScriptHas(dir, scripts, /^[ \t]*--.*\+goose\b/m),

  read(dir, { files, scripts }) {
    const program = files.find((name) => name.endsWith(".go") && /^\d+_.*(?<!_test)\.go$/.test(name));
    if (program !== undefined)
      throw needsTool(
        join(dir, program),
        "only your own program can run a migration in Go. Write it in SQL, or keep using goose for this folder.",
      );
    if (scripts.length === 0) throw noMigrations(dir, looksLike);
    const path = pathsIn(dir);
    const migrations = scripts.map((name) => migrationOf(name, path(name)));
    migrations.sort((left, right) => compareVersions(left.key, right.key));
    requireUniqueKeys(migrations);
    return { migrations, incomplete: [] };
  },
};

function migrationOf(name: string, file: string): Migration {
  const key = plainVersion(version.exec(name)?.[0] ?? "0");
  if (key === "0")
    throw misplaced(
      file,
      "goose refuses a name that does not begin with a version above zero and an underscore. Rename it to <version>_<name>.sql, or move it elsewhere.",
    );
  return new UnreadMigration({ name: name.slice(0, -".sql".length), key, file }, () => readScripts(file));
}

function readScripts(file: string): MigrationScripts {
  const script = readMarkedScript(file);
  const markers = markersIn(script);
  const { up, down } = sectionsOf(script, markers);
  requireNothingBefore(script, markers[0] ?? up);
  const transaction = !markers.some((marker) => marker.annotation === "no transaction");
  return {
    portableChecksum: script.portable,
    up: sectionOf(script, up, { until: down, transaction }),
    down: down && sectionOf(script, down, { until: undefined, transaction }),
  };
}

type Marker = CommentLine & { annotation: string };

function markersIn({ file, comments }: MarkedScript): Marker[] {
  return comments
    .filter(({ text }) => text.includes("+goose"))
    .map((comment) => {
      const annotation = comment.text.replaceAll("--", "").replace("+goose", "").trim().toLowerCase();
      if (!annotations.includes(annotation) || /^\s/.test(comment.text))
        throw malformed(
          { file, start: comment.start },
          `${comment.text.trim()} is not an annotation of goose. Write "-- +goose Up", Down, StatementBegin, StatementEnd or NO TRANSACTION at the beginning of the line.`,
        );
      if (annotation === "envsub on")
        throw needsTool(
          { file, start: comment.start },
          "Environment variables are not substituted in scripts. Write the values, and remove the annotation.",
        );
      return { ...comment, annotation };
    });
}

function sectionsOf({ file }: MarkedScript, markers: Marker[]): { up: Marker; down: Marker | undefined } {
  const [up, down, more] = markers.filter(({ annotation }) => annotation === "up" || annotation === "down");
  if (up?.annotation !== "up")
    throw malformed(
      { file, start: up?.start ?? 0 },
      `"-- +goose Up" is missing, or comes after "-- +goose Down". Put it before the statements that apply the migration.`,
    );
  if (down?.annotation === "up" || more !== undefined)
    throw malformed(
      { file, start: (down?.annotation === "up" ? down : (more ?? up)).start },
      `"-- +goose Up" and "-- +goose Down" may each occur once in the file. Make the rest a separate migration.`,
    );
  return { up, down };
}
