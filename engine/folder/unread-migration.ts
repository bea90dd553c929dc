import type { Migration } from "./migration.ts";

/** What is known of a migration once its files are read. */
export type MigrationScripts = Pick<Migration, "down" | "portableChecksum" | "up">;

/**
 * A migration of a format whose ledger knows names alone, and so need not be opened to be known as applied: a folder can
 * hold ten thousand. Its files are read when they are first asked for, which throws a `FolderError` where they cannot be.
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

/** A migration with all that is known of it, as plain data; its files are read if they have not been. */
export function asRead(migration: Migration): Migration {
  const { name, key, file, checksum, alternativeChecksums, portableChecksum, up, down } = migration;
  const { repeatable, details } = migration;
  return {
    ...{ name, key, file, checksum, alternativeChecksums, portableChecksum },
    ...{ up, down, repeatable, details },
  };
}
