import type { Backup, BackupVerification } from "../backup.ts";
import type { ArchiveFile } from "./archive-files.ts";
import type { ArchiveFormat } from "./logical-backup-request.ts";

/** What is written beside an archive: what it is, and that it was verified. Holds no secret. */
export interface Manifest {
  /** Tells manifests of this package from other files. */
  madeBy: typeof madeBy;
  /** The version of what follows. */
  manifestVersion: 1;
  name: string;
  format: ArchiveFormat;
  database: string;
  /** Tells servers apart. */
  server: string;
  serverVersion: string;
  pgDumpVersion: string;
  /** What the ledger had applied. */
  position: string;
  /** What was pending. */
  digest: string;
  /** From when the contents are, ISO 8601. */
  takenAt: string;
  /** When retention may delete it, ISO 8601. */
  expiresAt: string;
  durationMs: number;
  sizeBytes: number;
  files: ArchiveFile[];
  verified: BackupVerification;
}

const madeBy = "pulumi-pg-migrations logical backup";

/** What manifests are called: the archive's name, and this. */
export const manifestSuffix = ".json";

/** Makes a manifest of its contents. */
export function makeManifest(contents: Omit<Manifest, "madeBy" | "manifestVersion">): Manifest {
  return { madeBy, manifestVersion: 1, ...contents };
}

/** Writes a manifest as text. */
export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Reads a manifest; undefined where the text is none of this package. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Partial<Manifest> | null;
    return manifest?.madeBy === madeBy && manifest.manifestVersion === 1 && Array.isArray(manifest.files)
      ? (manifest as Manifest)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a backup says of itself, from its manifest. */
export function backupOf(
  manifest: Manifest,
  { id, restoreCommand }: Pick<Backup, "id" | "restoreCommand">,
): Backup {
  const { takenAt, durationMs, sizeBytes, verified, expiresAt } = manifest;
  return { method: "logicalBackup", id, takenAt, durationMs, sizeBytes, verified, expiresAt, restoreCommand };
}
