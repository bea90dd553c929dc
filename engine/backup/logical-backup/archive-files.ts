import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, open, readdir, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";

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

async function listArchive(archive: string): Promise<string[]> {
  if (!(await stat(archive)).isDirectory()) return [""];
  const entries = await readdir(archive, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(archive.length + 1)
        .split(sep)
        .join("/"),
    )
    .sort();
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
