import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Folder, FolderContents } from "../folder/folder.ts";
import { type FolderEntries, readFolderEntries } from "../folder/folder-entries.ts";
import { FolderError } from "../folder/folder-error.ts";
import { requireNoOtherTool, unknownFolder } from "../folder/unknown-folder.ts";
import { foreign } from "../foreign-text.ts";
import { folderFormats, type FolderFormat, folderFormat, isFolderFormat } from "./formats.ts";

/**
 * Reads a folder: names, order, and checksums if the format's ledger holds them. The rest of the scripts is read on
 * demand. Detects the format unless `format` is given. Rejects with a `FolderError`.
 */
export async function readFolder(options: { dir: string; format?: string | undefined }): Promise<Folder> {
  const { dir, format } = options;
  if (format !== undefined && !isFolderFormat(format))
    throw new FolderError(
      "FORMAT_UNKNOWN",
      `The format ${foreign(format)} does not exist; the formats are ${folderFormats.join(", ")}.`,
    );
  const status = statusOf(dir);
  if (status === undefined)
    throw new FolderError(
      "FOLDER_NOT_FOUND",
      `The folder ${dir} does not exist (looked for ${resolve(dir)}). Set \`migrations\` to the folder that holds ` +
        `the migrations; a relative path starts at the program's folder.`,
    );
  if (!status.isDirectory())
    throw new FolderError("FOLDER_NOT_A_DIRECTORY", `${dir} is a file, not a folder of migrations.`);
  const entries = await readFolderEntries(dir);
  if (format !== undefined) return { dir, format, ...(await folderFormat(format).reader.read(dir, entries)) };
  const found = await detectedFormat(dir, entries);
  const contents = await contentsOf(found, dir, entries);
  if (contents !== undefined) return { dir, format: found, ...contents };
  requireNoOtherTool(dir, entries);
  throw await unknownFolder(dir, entries, isOfKnownFormat);
}

/** The result of the format's reader; undefined if there are no migrations at all. */
async function contentsOf(
  format: FolderFormat,
  dir: string,
  entries: FolderEntries,
): Promise<FolderContents | undefined> {
  try {
    const contents = await folderFormat(format).reader.read(dir, entries);
    return contents.migrations.length === 0 ? undefined : contents;
  } catch (error) {
    if (error instanceof FolderError && error.code === "FOLDER_EMPTY") return undefined;
    throw error;
  }
}

async function isOfKnownFormat(dir: string): Promise<boolean> {
  const entries = await readFolderEntries(dir);
  for (const format of folderFormats)
    if (
      (await folderFormat(format).reader.recognises(dir, entries)) !== false &&
      (await holdsMigrations(format, dir, entries))
    )
      return true;
  return false;
}

/** A folder that cannot be read counts as holding migrations. */
async function holdsMigrations(format: FolderFormat, dir: string, entries: FolderEntries): Promise<boolean> {
  const contents = contentsOf(format, dir, entries).catch((error: unknown) => {
    if (error instanceof FolderError) return "unreadable";
    throw error;
  });
  return (await contents) !== undefined;
}

export function compareKeys(format: string, left: string, right: string): number {
  return folderFormat(format).reader.compareKeys(left, right);
}

/** The expected place of the script that rolls a migration back; undefined if the format has none. */
export function downOf(format: string, file: string): string | undefined {
  return folderFormat(format).reader.downOf?.(file);
}

function statusOf(dir: string): Stats | undefined {
  try {
    return statSync(dir, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function detectedFormat(dir: string, entries: FolderEntries): Promise<FolderFormat> {
  const candidates: FolderFormat[] = [];
  for (const format of folderFormats) {
    const recognised = await folderFormat(format).reader.recognises(dir, entries);
    if (recognised === true) return format;
    if (recognised === "perhaps") candidates.push(format);
  }
  if (candidates.length > 0) requireNoOtherTool(dir, entries);
  if (candidates.length > 1) throw ambiguous(dir, candidates);
  // The default format's error message is the most useful.
  return candidates[0] ?? "prisma";
}

function ambiguous(dir: string, candidates: readonly FolderFormat[]): FolderError {
  return new FolderError(
    "FORMAT_AMBIGUOUS",
    `${dir} fits more than one format, and each has its own ledger: ${candidates.join(", ")}. ` +
      `Name the format of your tool: format: "${candidates[0] ?? ""}".`,
  );
}
