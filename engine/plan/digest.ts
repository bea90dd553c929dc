import { createHash } from "node:crypto";
import type { Migration } from "../folder/folder.ts";

/**
 * Tells one position of a ledger from another: what is applied, in a few characters. It is no secret and no proof,
 * only a mark.
 */
export function ledgerPosition(applied: readonly string[]): string {
  return createHash("sha256").update(applied.join("\0")).digest("hex").slice(0, 12);
}

/** SHA-256 over names and checksums in order: equal where, and only where, the same scripts come in the same order. */
export function digestOf(migrations: readonly Pick<Migration, "name" | "checksum">[]): string {
  const hash = createHash("sha256");
  // A name cannot hold a NUL and a checksum cannot hold a line feed, so no two lists give the same bytes.
  for (const { name, checksum } of migrations) hash.update(`${name}\0${checksum}\n`);
  return hash.digest("hex");
}
