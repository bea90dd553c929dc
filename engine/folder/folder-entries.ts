import { readdir } from "node:fs/promises";

/** The names in a folder by what they are, found out once for all formats: there can be ten thousand. */
export interface FolderEntries {
  /** All but directories; a link counts as the file that it may lead to. */
  files: readonly string[];
  /** Those of the files that end in .sql, in the order of their names. */
  scripts: readonly string[];
  directories: readonly string[];
  /** Those of the files that are links, and so may be directories after all. */
  links: readonly string[];
}

/** Reads the names of a folder's own entries. */
export async function readFolderEntries(dir: string): Promise<FolderEntries> {
  const files: string[] = [];
  const scripts: string[] = [];
  const directories: string[] = [];
  const links: string[] = [];
  // At once: asked for in pieces, a folder of ten thousand takes three times as long.
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isDirectory()) {
      directories.push(name);
      continue;
    }
    files.push(name);
    if (name.endsWith(".sql")) scripts.push(name);
    if (entry.isSymbolicLink()) links.push(name);
  }
  return { files, scripts: scripts.sort(), directories, links };
}
