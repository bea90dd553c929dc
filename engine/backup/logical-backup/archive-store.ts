import type { Manifest } from "./manifest.ts";

/** A place for finished archives, each with its manifest. */
export interface ArchiveStore {
  /** The path or address of the archive with this name. */
  locationOf(name: string): string;
  /** Where pg_dump writes the archive before it gets this name. */
  temporaryPathOf(name: string): string;
  /** Rejects with a `BackupError` if the store cannot be written to; changes nothing. */
  requireReady(): Promise<void>;
  /** The manifest of a finished archive; undefined unless both exist. */
  find(name: string): Promise<Manifest | undefined>;
  /** True if an archive of this name was finished, as far as a single look shows. */
  has(name: string): Promise<boolean>;
  /** Names, without suffixes, of everything that could be an archive or part of one. */
  list(): Promise<string[]>;
  /** Adds a verified archive. It is complete as soon as `find` finds it. */
  put(temporaryPath: string, manifest: Manifest): Promise<void>;
  /** Deletes a finished archive and its manifest. */
  remove(name: string): Promise<void>;
  /** Deletes the remains of an archive that was never finished. */
  removeUnfinished(name: string): Promise<void>;
  /** Releases open resources. */
  close(): void;
}
