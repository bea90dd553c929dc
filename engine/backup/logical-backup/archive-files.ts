import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, lstat, open, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupError } from "../backup.ts";

/** One file of an archive. */
export interface ArchiveFile {
  /** Below the archive, such as `toc.dat`; empty where the archive is one file. */
  path: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Names the files of an archive, in order, with sizes and checksums. */
export async function readArchiveFiles(archive: string): Promise<ArchiveFile[]> {
  const paths = await listArchive(archive);
  const files: ArchiveFile[] = [];
  for (const path of paths) {
    const file = fileIn(archive, path);
    files.push({ path, bytes: (await stat(file)).size, sha256: await sha256Of(file) });
  }
  return files;
}

/** Where a file of an archive is. */
export function fileIn(archive: string, path: string): string {
  return path === "" ? archive : join(archive, path);
}

/** Lets nobody but the owner read an archive, and waits until it is on the disk. */
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

/** Waits until a file, or the names in a folder, are on the disk. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until a name is on the disk. */
export async function syncName(path: string): Promise<void> {
  await syncToDisk(dirname(path));
}

/** pg_dump writes regular files into one folder; a link would be read, or made readable, in place of one. */
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
