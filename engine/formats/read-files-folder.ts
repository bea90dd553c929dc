import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { filesDigest } from "../folder/files-digest.ts";
import type { Folder } from "../folder/folder.ts";
import type { FolderFormat } from "./formats.ts";
import { FolderError } from "../folder/folder-error.ts";
import type { FilesFolder } from "../ledger/files-ledger.ts";
import { readFolder } from "./read-folder.ts";

/** When a folder is read as mere files. `unless-known`: if no format fits. */
export type FilesMode = "always" | "unless-known";

/** The folder, and how to read it. */
export interface FolderRequest {
  dir: string;
  /** Default: detected. */
  format?: FolderFormat | undefined;
  /** When it is read as mere files. Default: never. */
  files?: FilesMode | undefined;
}

/** Reads a folder for a tool, in its own format or as mere files. Rejects with a `FolderError`. */
export async function readCommandFolder({
  dir,
  format,
  files,
}: FolderRequest): Promise<FilesFolder | Folder> {
  if (files === "always") return readFilesFolder(dir);
  if (files === undefined || format !== undefined) return readFolder({ dir, format });
  const known = await readFolder({ dir }).catch((error: unknown) => {
    if (error instanceof FolderError && isOfUnknownFormat(error)) return undefined;
    throw error;
  });
  // Only this package keeps the ledger of numbered files.
  const isTools = known !== undefined && known.migrations.length > 0 && known.format !== "numbered";
  return isTools ? known : readFilesFolder(dir);
}

function isOfUnknownFormat({ code }: FolderError): boolean {
  return ["FOLDER_EMPTY", "FORMAT_AMBIGUOUS", "NEEDS_ITS_TOOL"].includes(code);
}

async function readFilesFolder(dir: string): Promise<FilesFolder> {
  const status = await stat(dir).catch(() => undefined);
  if (status?.isDirectory() === true) return { dir, digest: await filesDigest(dir) };
  throw new FolderError(
    "FOLDER_NOT_FOUND",
    `The folder ${dir} does not exist (looked for ${resolve(dir)}). Set \`migrations\` to the folder that the tool reads; ` +
      `a relative path starts at the program's folder.`,
  );
}
