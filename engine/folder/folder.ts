import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { FolderError } from "./folder-error.ts";
import { readPrismaFolder } from "./prisma-folder.ts";

/** The formats of folders that can be read; each keeps the ledger of the tool it comes from. */
export type FolderFormat = "prisma";

/** One versioned SQL script of a folder. */
export interface Migration {
  /** The name that the ledger knows it by. */
  name: string;
  /** The path of its script, as it is shown in messages. */
  file: string;
  /** The checksum that the ledger holds for it. */
  checksum: string;
  /** Other checksums that are accepted as equal: the same script with other line endings. */
  alternativeChecksums: readonly string[];
  /** The checksum with LF line endings, which is equal on every machine: what the digest is made of. */
  portableChecksum: string;
}

/** The ordered migrations of a directory, and the format they are in. */
export interface Folder {
  dir: string;
  format: FolderFormat;
  migrations: readonly Migration[];
  /** Entries that should have been migrations: a directory without a script. */
  incomplete: readonly { name: string; file: string }[];
}

/** Reads a folder: names, order and checksums, not the scripts. Rejects with a `FolderError`. */
export async function readFolder(options: {
  dir: string;
  format?: FolderFormat | undefined;
}): Promise<Folder> {
  const { dir } = options;
  const status = await stat(dir).catch(() => undefined);
  if (status === undefined)
    throw new FolderError(
      "FOLDER_NOT_FOUND",
      `There is no folder ${dir} (looked for ${resolve(dir)}). Set \`migrations\` to the folder that holds ` +
        `the migrations; a relative path starts at the program's folder.`,
    );
  if (!status.isDirectory())
    throw new FolderError("FOLDER_NOT_A_DIRECTORY", `${dir} is a file, not a folder of migrations.`);
  return readPrismaFolder(dir);
}
