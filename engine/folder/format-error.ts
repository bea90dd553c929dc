import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { FolderError } from "./folder-error.ts";

/** A place in a script: the offset of the byte at which a line begins. */
export interface ScriptPlace {
  file: string;
  start: number;
}

/** The error for content that a script's format does not allow; the message begins with file and line. */
export function malformed(place: ScriptPlace, message: string): FolderError {
  return new FolderError("SCRIPT_MALFORMED", `${placeInWords(place)}: ${message}`);
}

/** The error for a feature that only the format's own tool has. `message` says what to do without it. */
export function needsTool(place: ScriptPlace | string, message: string): FolderError {
  const where = typeof place === "string" ? place : placeInWords(place);
  return new FolderError(
    "NEEDS_ITS_TOOL",
    `${where}: ${message} Or let this package run the tool: set \`command\` to the command that applies the migrations.`,
  );
}

function placeInWords({ file, start }: ScriptPlace): string {
  let line = 1;
  const before = readFileSync(file).subarray(0, start);
  for (let at = before.indexOf(10); at >= 0; at = before.indexOf(10, at + 1)) line++;
  return `${file}:${line}`;
}

/** The error for a file with a name that its format does not know, or in the wrong place. */
export function misplaced(file: string, message: string): FolderError {
  return new FolderError("FILE_MISPLACED", `${file}: ${message}`);
}

/** The error for two files with the same version, of which the ledger can hold only one. */
export function duplicate(version: string, file: string, other: string): FolderError {
  return new FolderError(
    "VERSION_DUPLICATE",
    `${file} and ${basename(other)} have the same version, ${version}. Give one of them another version.`,
  );
}

/** The error for a folder without migrations whose format is known. */
export function noMigrations(dir: string, looksLike: string): FolderError {
  return new FolderError(
    "FOLDER_EMPTY",
    `There is no migration in ${dir}. Expected is ${looksLike}. Check that it is the right folder.`,
  );
}
