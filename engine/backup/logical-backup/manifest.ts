import * as z from "zod";
import type { Backup, BackupVerification } from "../backup.ts";
import type { ArchiveFile } from "./archive-files.ts";
import type { ArchiveFormat } from "./logical-backup-request.ts";

/** The file beside an archive: its properties and the result of its verification. Holds no secret. */
export interface Manifest {
  /** Distinguishes manifests of this package from other files. */
  madeBy: typeof madeBy;
  /** The version of the fields below. */
  manifestVersion: 1;
  name: string;
  format: ArchiveFormat;
  database: string;
  /** Identifies the server. */
  server: string;
  serverVersion: string;
  pgDumpVersion: string;
  /** The ledger's position: the applied migrations. */
  position: string;
  /** The digest of the pending migrations. */
  digest: string;
  /** The time whose state the archive holds, ISO 8601. */
  takenAt: string;
  /** From when retention may delete it, ISO 8601. */
  expiresAt: string;
  durationMs: number;
  sizeBytes: number;
  files: ArchiveFile[];
  verified: BackupVerification;
}

const madeBy = "pulumi-pg-migrations logical backup";

/** Appended to the archive's name. */
export const manifestSuffix = ".json";

export function makeManifest(contents: Omit<Manifest, "madeBy" | "manifestVersion">): Manifest {
  return { madeBy, manifestVersion: 1, ...contents };
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Names that cannot leave their folder: no path, no `..`, only printable characters. */
const name = z.string().regex(/^(?!\.{1,2}$)[\w.~-]+$/);

const count = z.number().nonnegative().optional();

const verification: z.ZodType<BackupVerification> = z.object({
  by: z.enum(["archive", "comparison", "restore", "status"]),
  ...{ objects: count, tables: count, rows: count, checks: count, restoreMs: count },
  leftOut: z.array(z.string()).optional(),
  notRestored: z.string().optional(),
});

const manifestSchema: z.ZodType<Manifest> = z.object({
  madeBy: z.literal(madeBy),
  manifestVersion: z.literal(1),
  name,
  format: z.enum(["custom", "directory"]),
  database: z.string(),
  server: z.string(),
  serverVersion: z.string(),
  pgDumpVersion: z.string(),
  position: z.string(),
  digest: z.string(),
  takenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  sizeBytes: z.number().nonnegative(),
  files: z.array(
    z.object({
      // pg_dump writes all files of an archive into one folder.
      path: z.union([z.literal(""), name]),
      bytes: z.number().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
  verified: verification,
});

/**
 * Parses the manifest of the archive with this name; undefined if the text is not a manifest of this package or belongs
 * to another archive.
 */
export function parseManifest(text: string, archive: string): Manifest | undefined {
  try {
    const read = manifestSchema.safeParse(JSON.parse(text));
    return read.success && read.data.name === archive ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** The backup that a manifest describes. */
export function backupOf(
  manifest: Manifest,
  { id, restoreCommand }: Pick<Backup, "id" | "restoreCommand">,
): Backup {
  const { takenAt, durationMs, sizeBytes, verified, expiresAt } = manifest;
  return { method: "logicalBackup", id, takenAt, durationMs, sizeBytes, verified, expiresAt, restoreCommand };
}
