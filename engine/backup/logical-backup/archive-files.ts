import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, lstat, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupError } from "../backup.ts";

export interface ArchiveFile {
  /** Path below the archive, such as `toc.dat`; empty if the archive is one file. */
  path: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Lists the files of an archive, in order, with sizes and checksums. */
export async function readArchiveFiles(archive: string): Promise<ArchiveFile[]> {
  const paths = await listArchive(archive);
  const files: ArchiveFile[] = [];
  for (const path of paths) {
    const file = fileIn(archive, path);
    files.push({ path, bytes: (await stat(file)).size, sha256: await sha256Of(file) });
  }
  return files;
}

export function fileIn(archive: string, path: string): string {
  return path === "" ? archive : join(archive, path);
}

/** Makes an archive readable by its owner alone, and flushes it to disk. */
export async function secureArchive(archive: string): Promise<void> {
  const paths = await listArchive(archive);
  const isFolder = paths[0] !== "";
  if (isFolder) await chmod(archive, 0o700);
  for (const path of paths) {
    await chmod(fileIn(archive, path), 0o600);
    await syncToDisk(fileIn(archive, path));
  }
  if (isFolder) await syncToDisk(archive);
}

/** Flushes a file, or the names in a folder, to disk. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes a name to disk. */
export async function syncName(path: string): Promise<void> {
  await syncToDisk(dirname(path));
}

/**
 * pg_dump writes regular files into one folder. A link in place of one would be followed when reading or changing
 * permissions.
 */
async function listArchive(archive: string): Promise<string[]> {
  const status = await lstat(archive);
  if (status.isFile()) return [""];
  const entries = status.isDirectory() ? await readdir(archive, { withFileTypes: true }) : [];
  const strange = status.isDirectory() ? entries.find((entry) => !entry.isFile())?.name : "";
  if (strange === undefined) return entries.map(({ name }) => name).sort();
  throw new BackupError(
    "ARCHIVE_UNREADABLE",
    `${join(archive, strange)} is a link or a folder, which pg_dump does not write. Take a new backup.`,
  );
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
