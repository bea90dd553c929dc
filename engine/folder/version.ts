import { duplicate } from "./format-error.ts";
import type { Migration } from "./migration.ts";

/** A version without leading zeros, for tools that read it as a number: `0012` is `12`. */
export function plainVersion(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}

/** Compares two plain versions as numbers of any length. */
export function compareVersions(left: string, right: string): number {
  return left.length - right.length || compareBytes(left, right);
}

/** Compares byte by byte as Go does, independent of the machine's language. */
export function compareBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Throws a `FolderError` if two migrations have the same key. */
export function requireUniqueKeys(migrations: readonly Migration[]): void {
  if (new Set(migrations.map(({ key }) => key)).size === migrations.length) return;
  const files = new Map<string, string>();
  for (const { key, file } of migrations) {
    const other = files.get(key);
    if (other !== undefined) throw duplicate(key, file, other);
    files.set(key, file);
  }
}
