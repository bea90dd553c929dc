import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

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
  const entries = await readdir(dir, { withFileTypes: true });
  const isMounted = entries.some(({ name }) => name === mountedData);
  for (const entry of entries) {
    const { name } = entry;
    if (isMounted && name.startsWith("..")) continue;
    if (entry.isDirectory() || (isMounted && entry.isSymbolicLink() && leadsToDirectory(dir, name))) {
      directories.push(name);
      continue;
    }
    files.push(name);
    if (name.endsWith(".sql")) scripts.push(name);
    if (entry.isSymbolicLink()) links.push(name);
  }
  return { files, scripts: scripts.sort(), directories, links };
}

/**
 * Kubernetes mounts a ConfigMap, or a secret, as links to what lies in a hidden folder, whose name changes with each of its
 * versions; this link leads to the newest.
 */
const mountedData = "..data";

function leadsToDirectory(dir: string, name: string): boolean {
  return statSync(join(dir, name), { throwIfNoEntry: false })?.isDirectory() === true;
}
