import type { Migration } from "../engine/index.ts";

/** A migration as a folder's reader returns it, without a file. */
export function migrationOf(name: string, members: Partial<Migration> = {}): Migration {
  const file = `m/${name}/migration.sql`;
  const checksum = name.padEnd(64, "0");
  return {
    name,
    key: name,
    file,
    checksum,
    alternativeChecksums: [],
    portableChecksum: checksum,
    up: { file, start: 0, end: undefined, sha256: "", transaction: true },
    down: undefined,
    ...members,
  };
}
