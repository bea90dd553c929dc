import type { Migration } from "./migration.ts";

/** The facts about a migration that need its files. */
export type MigrationScripts = Pick<Migration, "down" | "portableChecksum" | "up">;

/**
 * A migration of a format whose ledger holds only names. A folder can hold ten thousand, so its files are not opened to
 * recognize it as applied. The first access to them reads them, which throws a `FolderError` on failure.
 */
export class UnreadMigration implements Migration {
  readonly name: string;
  readonly key: string;
  readonly file: string;
  readonly checksum = "";
  readonly alternativeChecksums: readonly string[] = [];
  readonly details: Migration["details"];
  readonly #read: () => MigrationScripts;
  #scripts: MigrationScripts | undefined;

  constructor(
    { name, key, file, details }: Pick<Migration, "details" | "file" | "key" | "name">,
    read: () => MigrationScripts,
  ) {
    this.name = name;
    this.key = key;
    this.file = file;
    this.details = details;
    this.#read = read;
  }

  get portableChecksum(): string {
    return this.#once().portableChecksum;
  }

  get up(): Migration["up"] {
    return this.#once().up;
  }

  get down(): Migration["down"] {
    return this.#once().down;
  }

  #once(): MigrationScripts {
    this.#scripts ??= this.#read();
    return this.#scripts;
  }
}

/** A migration with all its facts as plain data. Reads its files if that has not been done. */
export function asRead(migration: Migration): Migration {
  const { name, key, file, checksum, alternativeChecksums, portableChecksum, up, down } = migration;
  const { repeatable, details } = migration;
  return {
    ...{ name, key, file, checksum, alternativeChecksums, portableChecksum },
    ...{ up, down, repeatable, details },
  };
}
