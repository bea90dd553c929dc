import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Folders that tools and package managers fill. */
const ignored: ReadonlySet<string> = new Set(["__pycache__", "node_modules", ".git"]);

/**
 * SHA-256 over names and contents of all files of a folder, ordered by name. Line endings do not count, so it is equal
 * on every machine. Symbolic links are not followed. For folders whose format cannot be read.
 */
export async function filesDigest(dir: string): Promise<string> {
  const hash = createHash("sha256");
  // A name cannot hold a NUL and a checksum cannot hold a line feed, so no two folders give the same bytes.
  for (const path of await filesOf(dir)) hash.update(`${path}\0${await contentDigest(join(dir, path))}\n`);
  return hash.digest("hex");
}

/** Paths below a folder with `/` between their parts, sorted by code unit, not by the rules of a language. */
async function filesOf(dir: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(dir, prefix), { withFileTypes: true })) {
    if (ignored.has(entry.name)) continue;
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) paths.push(...(await filesOf(dir, `${path}/`)));
    else if (entry.isFile()) paths.push(path);
  }
  return paths.sort((one, other) => (one < other ? -1 : 1));
}

async function contentDigest(file: string): Promise<string> {
  // In Latin-1 every byte is a character, so binary content keeps its bytes.
  const content = (await readFile(file, "latin1")).replaceAll("\r\n", "\n");
  return createHash("sha256").update(content, "latin1").digest("hex");
}
