import type { Dirent } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";

const headBytes = 64 << 10;
/** So many files tell what a folder's format is. */
const heads = 5;

/** Whether one of the first scripts of a folder has, near its beginning, what marks its format. */
export async function someScriptHas(dir: string, entries: readonly Dirent[], mark: RegExp): Promise<boolean> {
  const names = scriptNames(entries).sort().slice(0, heads);
  for (const name of names) if (mark.test(await headOf(join(dir, name)))) return true;
  return false;
}

/** The names of a folder's own files that end in .sql; a link to a file counts as one. */
export function scriptNames(entries: readonly Dirent[]): string[] {
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".sql"))
    .map(({ name }) => name);
}

async function headOf(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const { buffer, bytesRead } = await opened.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await opened.close();
    }
  } catch {
    // Whoever reads the folder next says why it cannot be read.
    return "";
  }
}
