import { createHash } from "node:crypto";
import type { Migration } from "../folder/migration.ts";

/** SHA-256 over names and checksums in order. Two digests are equal only if the same scripts come in the same order. */
export function digestOf(migrations: readonly Pick<Migration, "name" | "portableChecksum">[]): string {
  const hash = createHash("sha256");
  // A name cannot hold a NUL and a checksum cannot hold a line feed, so no two lists give the same bytes.
  for (const { name, portableChecksum } of migrations) hash.update(`${name}\0${portableChecksum}\n`);
  return hash.digest("hex");
}
