import type { Peculiarity } from "../postgres/script/script.ts";
import type { FolderEntries } from "./folder-entries.ts";
import type { Migration } from "./migration.ts";

/** The ordered migrations of a directory, and their format. */
export interface Folder {
  dir: string;
  /** The name of the format, one of `folderFormats`. */
  format: string;
  /** In the order of application; keys are unique. */
  migrations: readonly Migration[];
  /** Entries that should be migrations: directories without a script. */
  incomplete: readonly { name: string; file: string }[];
  /**
   * Scripts that the format's tool ignores, and so does this package. Default: none, because other formats refuse them.
   */
  ignored?: readonly string[] | undefined;
}

type Recognition = boolean | "perhaps";

/**
 * A trait of a script that makes most tools fail. `segments`: a statement that cannot run in a transaction, together
 * with others.
 */
export type UnportableTrait = Peculiarity["kind"] | "segments";

/** The reader of one format. */
export interface FolderReader {
  /** The layout of a folder in this format, for messages: `<timestamp>_<name>/migration.sql`. */
  looksLike: string;
  /**
   * Recognizes a directory of this format by its entries, if no format is named. `perhaps` means that other formats
   * have such entries too.
   */
  recognises(dir: string, entries: FolderEntries): Recognition | Promise<Recognition>;
  /** Compares two keys of versioned migrations in the order in which the tool applies them. */
  compareKeys(left: string, right: string): number;
  /** Where the script that rolls a migration back belongs, for messages; omitted if the tool has none. */
  downOf?: (file: string) => string;
  /** Traits that the tool accepts although most do not. Default: none. */
  accepts?: readonly UnportableTrait[];
  /** Reads names and order, and checksums if the ledger holds them. Throws or rejects with a `FolderError`. */
  read(dir: string, entries: FolderEntries): FolderContents | Promise<FolderContents>;
}

export type FolderContents = Pick<Folder, "ignored" | "incomplete" | "migrations">;
