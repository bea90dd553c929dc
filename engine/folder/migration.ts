/** A part of a file that is run as one script. */
export interface ScriptSection {
  /** The path of the file, as it is shown in messages. */
  file: string;
  /** The byte at which the section begins. */
  start: number;
  /** The byte before which it ends; undefined where that is the end of the file. */
  end: number | undefined;
  /** SHA-256 of the whole file, hexadecimal: what was planned is what is run, or nothing is. */
  sha256: string;
  /** Whether it may run in a transaction; false where its format's own marker says that it must not. */
  transaction: boolean;
}

/** One versioned SQL script of a folder. */
export interface Migration {
  /** What messages and the configuration call it: the name of its directory or file, without extension. */
  name: string;
  /** What the ledger knows it by: a name, or a version. Unique within the folder. */
  key: string;
  /** The path of its script, as it is shown in messages. */
  file: string;
  /** The checksum that the ledger holds for it; empty where the format's ledger holds none. */
  checksum: string;
  /** Other checksums that are accepted as equal: the same script with other line endings. */
  alternativeChecksums: readonly string[];
  /** The checksum with LF line endings, which is equal on every machine: what the digest is made of. */
  portableChecksum: string;
  /** What is run to apply it. */
  up: ScriptSection;
  /** What is run to roll it back; undefined where it has no such script. */
  down: ScriptSection | undefined;
  /** Whether it is applied again each time that its checksum changes, after all others. Default: false. */
  repeatable?: boolean | undefined;
  /** What the format's ledger keeps of it beside key and checksum, in the format's own words. */
  details?: Readonly<Record<string, string | number>> | undefined;
}

/** A migration of which there is no script here: it is named and recorded, and never run. */
export function migrationWithoutScript(name: string, file: string, checksum: string): Migration {
  const up = { file, start: 0, end: undefined, sha256: "", transaction: true };
  const checksums = { checksum, alternativeChecksums: [], portableChecksum: checksum };
  return { name, key: name, file, ...checksums, up, down: undefined };
}
