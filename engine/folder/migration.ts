/** A part of a file that runs as one script. */
export interface ScriptSection {
  /** The path of the file, as messages show it. */
  file: string;
  /** Offset of its first byte. */
  start: number;
  /** Offset of the byte after it; undefined for the end of the file. */
  end: number | undefined;
  /** SHA-256 of the whole file, hexadecimal. A file that changed since it was planned is not run. */
  sha256: string;
  /** False if a marker of its format says that it must not run in a transaction. */
  transaction: boolean;
}

/** One versioned SQL script of a folder. */
export interface Migration {
  /** Its name in messages and configuration: the name of its directory or file, without extension. */
  name: string;
  /** Its identifier in the ledger: a name or a version. Unique within the folder. */
  key: string;
  /** The path of its script, as messages show it. */
  file: string;
  /** Its checksum for the ledger; empty if the format's ledger holds none. */
  checksum: string;
  /** Other checksums that count as equal: of the same script with other line endings. */
  alternativeChecksums: readonly string[];
  /** The checksum with LF line endings, equal on every machine. The digest is made of these. */
  portableChecksum: string;
  /** The script that applies it. */
  up: ScriptSection;
  /** The script that rolls it back; undefined if it has none. */
  down: ScriptSection | undefined;
  /** True if it is applied again each time its checksum changes, after all others. Default: false. */
  repeatable?: boolean | undefined;
  /** Further data for the format's ledger, in the format's own terms. */
  details?: Readonly<Record<string, string | number>> | undefined;
}

/** A migration without a script in the folder: it can be named and recorded, but not run. */
export function migrationWithoutScript(name: string, file: string, checksum: string): Migration {
  const up = { file, start: 0, end: undefined, sha256: "", transaction: true };
  const checksums = { checksum, alternativeChecksums: [], portableChecksum: checksum };
  return { name, key: name, file, ...checksums, up, down: undefined };
}
