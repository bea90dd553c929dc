import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Folder,
  type FolderContents,
  type FolderFormat,
  type FolderReader,
  folderFormats,
} from "../folder/folder.ts";
import { type FolderEntries, readFolderEntries } from "../folder/folder-entries.ts";
import { FolderError } from "../folder/folder-error.ts";
import { requireNoOtherTool, unknownFolder } from "../folder/unknown-folder.ts";
import { dbmateReader } from "./dbmate/dbmate-folder.ts";
import { drizzleReader } from "./drizzle/drizzle-folder.ts";
import { drizzleJournalReader } from "./drizzle-journal/drizzle-journal-folder.ts";
import { flywayReader } from "./flyway/flyway-folder.ts";
import { golangMigrateReader } from "./golang-migrate/golang-migrate-folder.ts";
import { gooseReader } from "./goose/goose-folder.ts";
import { nodePgMigrateReader } from "./node-pg-migrate/node-pg-migrate-folder.ts";
import { numberedReader } from "./numbered/numbered-folder.ts";
import { prismaReader } from "./prisma/prisma-folder.ts";
import { supabaseReader } from "./supabase/supabase-folder.ts";

/** In the order in which they are tried. */
const readers: Record<FolderFormat, FolderReader> = {
  "drizzle-journal": drizzleJournalReader,
  drizzle: drizzleReader,
  prisma: prismaReader,
  flyway: flywayReader,
  "golang-migrate": golangMigrateReader,
  goose: gooseReader,
  dbmate: dbmateReader,
  "node-pg-migrate": nodePgMigrateReader,
  supabase: supabaseReader,
  numbered: numberedReader,
};

/**
 * Reads a folder: names, order, and checksums where the format's ledger holds them; what else stands in the scripts is read
 * when it is asked for. Without a `format` it is found out. Rejects with a `FolderError`.
 */
export async function readFolder(options: {
  dir: string;
  format?: FolderFormat | undefined;
}): Promise<Folder> {
  const { dir } = options;
  const status = statusOf(dir);
  if (status === undefined)
    throw new FolderError(
      "FOLDER_NOT_FOUND",
      `There is no folder ${dir} (looked for ${resolve(dir)}). Set \`migrations\` to the folder that holds ` +
        `the migrations; a relative path starts at the program's folder.`,
    );
  if (!status.isDirectory())
    throw new FolderError("FOLDER_NOT_A_DIRECTORY", `${dir} is a file, not a folder of migrations.`);
  const entries = await readFolderEntries(dir);
  const { format } = options;
  if (format !== undefined) return { dir, format, ...(await readers[format].read(dir, entries)) };
  const found = await formatOf(dir, entries);
  const contents = await contentsOf(found, dir, entries);
  if (contents !== undefined) return { dir, format: found, ...contents };
  requireNoOtherTool(dir, entries);
  throw await unknownFolder(dir, entries, isOfKnownFormat);
}

/** What the format's reader finds; undefined if that is no migration at all. */
async function contentsOf(
  format: FolderFormat,
  dir: string,
  entries: FolderEntries,
): Promise<FolderContents | undefined> {
  try {
    const contents = await readers[format].read(dir, entries);
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
      (await readers[format].recognises(dir, entries)) !== false &&
      (await holdsMigrations(format, dir, entries))
    )
      return true;
  return false;
}

/** A folder that cannot be read is one all the same. */
async function holdsMigrations(format: FolderFormat, dir: string, entries: FolderEntries): Promise<boolean> {
  const contents = contentsOf(format, dir, entries).catch((error: unknown) => {
    if (error instanceof FolderError) return "unreadable";
    throw error;
  });
  return (await contents) !== undefined;
}

/** Compares two keys of versioned migrations in the order of their format. */
export function compareKeys(format: FolderFormat, left: string, right: string): number {
  return readers[format].compareKeys(left, right);
}

/** Where the script has to stand that rolls a migration back; undefined if the format has none. */
export function downOf(format: FolderFormat, file: string): string | undefined {
  return readers[format].downOf?.(file);
}

function statusOf(dir: string): Stats | undefined {
  try {
    return statSync(dir, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function formatOf(dir: string, entries: FolderEntries): Promise<FolderFormat> {
  const candidates: FolderFormat[] = [];
  for (const format of folderFormats) {
    const recognised = await readers[format].recognises(dir, entries);
    if (recognised === true) return format;
    if (recognised === "perhaps") candidates.push(format);
  }
  if (candidates.length > 0) requireNoOtherTool(dir, entries);
  if (candidates.length > 1) throw ambiguous(dir, candidates);
  // What it lacks is best said in the terms of the format that is the default.
  return candidates[0] ?? "prisma";
}

function ambiguous(dir: string, candidates: readonly FolderFormat[]): FolderError {
  return new FolderError(
    "FORMAT_AMBIGUOUS",
    `${dir} can be a folder of more than one format, and each has a ledger of its own: ${candidates.join(", ")}. ` +
      `Name the one whose tool you use: format: "${candidates[0] ?? ""}".`,
  );
}
