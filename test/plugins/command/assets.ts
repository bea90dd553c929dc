import { createHash } from "node:crypto";
import { glob, readFile, stat } from "node:fs/promises";
import { join, matchesGlob } from "node:path";
import { fileAsset } from "../secret-value.ts";

/** The files that match patterns, of which those with `!` exclude, as assets by their path in the folder. */
export async function findAssets(
  folder: string,
  patterns: readonly string[],
): Promise<Record<string, unknown>> {
  const assets: Record<string, unknown> = {};
  for await (const path of glob("**", { cwd: folder })) {
    const file = join(folder, path);
    if (!isIncluded(path, patterns) || !(await stat(file)).isFile()) continue;
    const hash = createHash("sha256").update(await readFile(file));
    assets[path] = fileAsset(file, hash.digest("hex"));
  }
  return assets;
}

/** Rules count in order. */
function isIncluded(path: string, patterns: readonly string[]): boolean {
  return patterns.reduce((included, pattern) => {
    const excludes = pattern.startsWith("!");
    return matchesGlob(path, excludes ? pattern.slice(1) : pattern) ? !excludes : included;
  }, false);
}
