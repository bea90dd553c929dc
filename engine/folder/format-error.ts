import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { FolderError } from "./folder-error.ts";

/** A place in a script: the byte at which a line begins. */
export interface ScriptPlace {
  file: string;
  start: number;
}

/** Something in a script that its format does not allow; the message begins with the file and the line. */
export function malformed(place: ScriptPlace, message: string): FolderError {
  return new FolderError("SCRIPT_MALFORMED", `${placeInWords(place)}: ${message}`);
}

/** Something that the format's own tool can do, and nobody else; the message says what to do without it. */
export function needsTool(place: ScriptPlace | string, message: string): FolderError {
  const where = typeof place === "string" ? place : placeInWords(place);
  return new FolderError(
    "NEEDS_ITS_TOOL",
    `${where}: ${message} Or let this package run the tool: set \`command\` to what applies the migrations.`,
  );
}

function placeInWords({ file, start }: ScriptPlace): string {
  let line = 1;
  const before = readFileSync(file).subarray(0, start);
  for (let at = before.indexOf(10); at >= 0; at = before.indexOf(10, at + 1)) line++;
  return `${file}:${line}`;
}

/** A file whose name its format does not know, or whose place in the folder is a mistake. */
export function misplaced(file: string, message: string): FolderError {
  return new FolderError("FILE_MISPLACED", `${file}: ${message}`);
}

/** Two files with the same version, of which the ledger can hold only one. */
export function duplicate(version: string, file: string, other: string): FolderError {
  return new FolderError(
    "VERSION_DUPLICATE",
    `${file} and ${basename(other)} have the same version, ${version}: give one of them a version of its own.`,
  );
}

/** A folder of a format that was named, or found out, without any migration. */
export function noMigrations(dir: string, looksLike: string): FolderError {
  return new FolderError(
    "FOLDER_EMPTY",
    `There is no migration in ${dir}. Is it the right folder? Expected is ${looksLike}.`,
  );
}
