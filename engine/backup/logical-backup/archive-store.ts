import type { Manifest } from "./manifest.ts";

/** A place where finished archives are kept, each with its manifest. */
export interface ArchiveStore {
  /** The path or address of what is called so. */
  locationOf(name: string): string;
  /** Where pg_dump writes what will be called so. */
  temporaryPathOf(name: string): string;
  /** Rejects with a `BackupError` where nothing can be put there; changes nothing. */
  requireReady(): Promise<void>;
  /** The manifest of a finished archive; undefined unless both are there. */
  find(name: string): Promise<Manifest | undefined>;
  /** Whether an archive of this name was finished, as far as one look tells. */
  has(name: string): Promise<boolean>;
  /** The names of all that is there and could be an archive or the rest of one, without suffixes. */
  list(): Promise<string[]>;
  /** Puts a verified archive there; it is complete as soon as `find` finds it. */
  put(temporaryPath: string, manifest: Manifest): Promise<void>;
  /** Deletes a finished archive and its manifest. */
  remove(name: string): Promise<void>;
  /** Deletes what is left of an archive that was never finished. */
  removeUnfinished(name: string): Promise<void>;
  /** Lets go of what is held open. */
  close(): void;
}
