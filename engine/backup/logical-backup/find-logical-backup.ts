import { stat } from "node:fs/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { type Connection } from "../../postgres/session/connection.ts";
import { resolveConnection } from "../../postgres/session/resolve-connection.ts";
import { hostAddressOf } from "../../postgres/session/libpq-variables.ts";
import { type Backup, BackupError } from "../backup.ts";
import { requireYoung } from "../backup-age.ts";
import { serverWords } from "../server-words.ts";
import { type ArchiveContents, readArchiveContents, readWholeArchive } from "./archive-contents.ts";
import { readArchiveFiles, type ArchiveFile } from "./archive-files.ts";
import { findArchivePrograms, majorVersion } from "./archive-programs.ts";
import type { ArchivePrograms } from "./logical-backup-identity.ts";
import { type FoundArchive, withFoundArchive } from "./found-archive.ts";
import type { Manifest } from "./manifest.ts";
import { restoreArchiveCommand } from "./restore-archive-command.ts";
import { readSourceFacts, type SourceFacts } from "./source-facts.ts";

/** The backup to find. It was made elsewhere by pg_dump, in custom or directory format. */
export interface FindLogicalBackupRequest {
  /** The archive: a path, or `s3://bucket/key`. */
  location: string;
  /** The original database; the restore command creates a new database beside it. */
  connection: Connection;
  /** Greatest allowed age, minutes. Default: 1440, a day. */
  maxAgeMinutes?: number | undefined;
  /** The folder of pg_restore. Default: as for a new backup. */
  programs?: string | undefined;
  /** Where an archive at S3 is downloaded to while it is read. Default: the temporary folder. */
  stagingDirectory?: string | undefined;
  /**
   * The file from which the restore command reads certificate authorities that are given as text. Default: a name in
   * the current folder.
   */
  authoritiesFile?: string | undefined;
  /** Access to AWS. Default: from the environment. */
  aws?: AwsAccess | undefined;
  /** Receives the current activity, in one line. */
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Verifies a backup that was made elsewhere. It must exist, be readable to its end, match its manifest if it has one,
 * be of this database and young enough. Rejects with a `BackupError` that names what is wrong.
 */
export async function findLogicalBackup(request: FindLogicalBackupRequest): Promise<Backup> {
  const { location, connection, maxAgeMinutes = 1440, onProgress } = request;
  if (!(maxAgeMinutes > 0))
    throw new BackupError(
      "BACKUP_REQUEST_UNUSABLE",
      `maxAgeMinutes is ${maxAgeMinutes}; it must be more than 0.`,
    );
  const startedAt = performance.now();
  const facts = await readSourceFacts(connection);
  const programs = await findArchivePrograms(facts.serverVersion, request.programs);
  onProgress?.(`reading ${location}`);
  return withFoundArchive(request, async (archive) => {
    const contents = await readArchiveContents(archive.path, programs);
    const takenAt = takenAtOf(archive, contents);
    requireSuitable({
      archive,
      contents,
      takenAt,
      maxAgeMinutes,
      database: resolveConnection(connection).database,
    });
    const files = await readArchiveFiles(archive.path);
    if (archive.manifest !== undefined) requireUnchanged(archive.location, archive.manifest, files);
    await readWholeArchive(archive.path, programs);
    const { manifest } = archive;
    return {
      method: "logicalBackup",
      id: archive.location,
      takenAt: takenAt.toISOString(),
      durationMs: manifest?.durationMs ?? Math.round(performance.now() - startedAt),
      sizeBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      verified: manifest?.verified ?? {
        by: "archive",
        objects: contents.entries.length,
        tables: tablesOf(contents),
      },
      expiresAt: manifest?.expiresAt,
      restoreCommand: await restoreCommandOf(request, archive, { ...facts, programs }),
    };
  });
}

/** An archive holds the local time of the machine that made it, which is assumed to have this machine's time zone. */
function takenAtOf({ manifest, location }: FoundArchive, { createdAt }: ArchiveContents): Date {
  const time = new Date(manifest?.takenAt ?? createdAt.replace(" ", "T"));
  if (!Number.isNaN(time.getTime())) return time;
  throw new BackupError(
    "ARCHIVE_UNREADABLE",
    `${location} does not record when it was made. Take a new backup.`,
  );
}

function requireSuitable(seen: {
  archive: FoundArchive;
  contents: ArchiveContents;
  takenAt: Date;
  maxAgeMinutes: number;
  database: string;
}): void {
  const { archive, contents, takenAt, maxAgeMinutes, database } = seen;
  const of = archive.manifest?.database ?? contents.database;
  // The contents hold the name on one line.
  if (of !== database && of !== database.replace(/[\r\n]/g, " "))
    throw new BackupError(
      "BACKUP_OF_ANOTHER_DATABASE",
      `${archive.location} is a backup of the database ${of}, not of ${database}. Name one of ${database}.`,
    );
  requireYoung(archive.location, takenAt.toISOString(), maxAgeMinutes);
}

function requireUnchanged(location: string, manifest: Manifest, files: readonly ArchiveFile[]): void {
  const found = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const changed = manifest.files.filter(({ path, sha256 }) => found.get(path) !== sha256);
  if (changed.length === 0) return;
  const names = changed.map(({ path }) => (path === "" ? "the archive" : path));
  throw new BackupError(
    "ARCHIVE_DAMAGED",
    `${location} no longer matches its manifest: the SHA-256 of ${names.slice(0, 3).join(", ")} differs. ` +
      `It was cut off or changed. Take a new backup.`,
  );
}

function tablesOf({ entries }: ArchiveContents): number {
  return entries.filter(({ catalog, text }) => catalog === 0 && text.startsWith("TABLE DATA ")).length;
}

async function restoreCommandOf(
  { connection, authoritiesFile: certificatesFile }: FindLogicalBackupRequest,
  { location, path }: FoundArchive,
  { locale, programs }: Pick<SourceFacts, "locale"> & { programs: ArchivePrograms },
): Promise<string> {
  const { database } = resolveConnection(connection);
  const isFolder = (await stat(path)).isDirectory();
  return restoreArchiveCommand({
    ...{ location, database, locale },
    format: isFolder ? "directory" : "custom",
    server: serverWords(connection, {
      libpqVersion: majorVersion(programs.version),
      hostAddress: await hostAddressOf(connection),
      ...(certificatesFile === undefined ? {} : { certificatesFile }),
    }),
    jobs: 1,
  });
}
