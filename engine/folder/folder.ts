import type { Peculiarity } from "../postgres/script/script.ts";
import type { FolderEntries } from "./folder-entries.ts";
import type { Migration } from "./migration.ts";

/** The ordered migrations of a directory, and the format they are in. */
export interface Folder {
  dir: string;
  /** The name of the format: one of `folderFormats`. */
  format: string;
  /** In the order in which they are applied; keys are unique. */
  migrations: readonly Migration[];
  /** Entries that should have been migrations: a directory without a script. */
  incomplete: readonly { name: string; file: string }[];
  /** Scripts that its tool ignores, and so does this package. Default: none, as other tools' formats refuse them. */
  ignored?: readonly string[] | undefined;
}

type Recognition = boolean | "perhaps";

/** What most tools fail on in a script; `segments`: a statement that cannot run in a transaction, beside others. */
export type UnportableTrait = Peculiarity["kind"] | "segments";

/** Reads the folders of one format. */
export interface FolderReader {
  /** What a folder of this format looks like, for messages: `<timestamp>_<name>/migration.sql`. */
  looksLike: string;
  /**
   * Whether a directory with these entries is in this format: how the format is found where none is named. `perhaps`
   * is for entries that other formats have too.
   */
  recognises(dir: string, entries: FolderEntries): Recognition | Promise<Recognition>;
  /** Compares two keys of versioned migrations in the order in which the tool applies them. */
  compareKeys(left: string, right: string): number;
  /** Where the script stands that rolls a migration back, for messages; left out if the tool knows none. */
  downOf?: (file: string) => string;
  /** What the tool accepts in a script although most do not. Default: nothing. */
  accepts?: readonly UnportableTrait[];
  /** Reads names and order, and checksums where the ledger holds them. Throws or rejects with a `FolderError`. */
  read(dir: string, entries: FolderEntries): FolderContents | Promise<FolderContents>;
}

/** What the reader of a format finds in a folder. */
export type FolderContents = Pick<Folder, "ignored" | "incomplete" | "migrations">;
