import { basename, dirname } from "node:path";
import type { Connection } from "../../postgres/session/connection.ts";
import { type Backup, BackupError, type BackupVerification } from "../backup.ts";
import { serverWords } from "../server-words.ts";
import { requireComplete } from "./archive-completeness.ts";
import { type ArchiveContents, readArchiveContents, readWholeArchive } from "./archive-contents.ts";
import { readArchiveFiles } from "./archive-files.ts";
import { majorVersion } from "./archive-programs.ts";
import { type ArchiveStore } from "./archive-store.ts";
import { withStore } from "./with-store.ts";
import { certificatesFileOf } from "./dump-command.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";
import { backupOf, makeManifest, type Manifest } from "./manifest.ts";
import { openOwnFolder, ownEntry, removeOwnEntry } from "./own-folder.ts";
import { restoreArchiveCommand } from "./restore-archive-command.ts";
import { verifyByRestore } from "./restore-verification.ts";
import { deleteExpired } from "./retention.ts";

/** Callbacks during the completion of a backup. */
export interface CompletionHooks {
  /** Receives the current activity, in one line. */
  onProgress?: ((message: string) => void) | undefined;
  /** Inspects the restored database while it exists. If it rejects, the backup is refused. */
  onRestored?: ((restored: Connection) => Promise<void>) | undefined;
}

const dayMs = 86_400_000;

/**
 * Verifies the output of pg_dump, gives it its final name or uploads it, and deletes backups that exceed retention. If
 * that is done already, resolves to the earlier result. Rejects with a `BackupError` and leaves nothing if the archive
 * is not a backup.
 */
export async function completeLogicalBackup(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
  hooks: CompletionHooks = {},
): Promise<Backup> {
  return withStore(request.target, async (store) => {
    const manifest = await finishOnce(store, { request, identity, hooks });
    const { retain = 3, retentionDays = 30 } = request;
    const { database, server } = identity;
    await deleteExpired(
      store,
      { database, server, retain, retentionDays, now: new Date() },
      hooks.onProgress,
    );
    return backupOf(manifest, { id: identity.location, restoreCommand: restoreCommandOf(request, identity) });
  });
}

interface Completion {
  request: LogicalBackupRequest;
  identity: LogicalBackupIdentity;
  hooks: CompletionHooks;
}

async function finishOnce(store: ArchiveStore, completion: Completion): Promise<Manifest> {
  const { name, temporaryPath, location } = completion.identity;
  try {
    const finished = await store.find(name);
    if (finished !== undefined) return finished;
    const manifest = await verify(completion);
    completion.hooks.onProgress?.(`storing it at ${location}`);
    await store.put(temporaryPath, manifest);
    return manifest;
  } finally {
    // A refused archive, or a second dump of one that S3 holds already, would only fill the disk.
    await removeTemporary(temporaryPath);
  }
}

/** A folder that other users can write to by now is left alone. */
async function removeTemporary(temporaryPath: string): Promise<void> {
  const folder = await openOwnFolder(dirname(temporaryPath)).catch(() => undefined);
  if (folder === undefined) return;
  for (const path of [temporaryPath, certificatesFileOf(temporaryPath)])
    await removeOwnEntry(folder, basename(path)).catch(() => undefined);
}

async function verify({ request, identity, hooks }: Completion): Promise<Manifest> {
  const { temporaryPath, programs } = identity;
  await requireWritten(identity);
  hooks.onProgress?.(`comparing the contents of ${identity.name} with ${identity.database}`);
  const contents = await readArchiveContents(temporaryPath, programs);
  const tables = await requireComplete(contents, request.connection);
  const restored = await verifyByRestore({ request, identity, contents, ...hooks });
  const wasRestored = restored.restoreMs !== undefined;
  // A restore has read everything already.
  if (!wasRestored) await readWholeArchive(temporaryPath, programs);
  const verified: BackupVerification = wasRestored
    ? { by: "restore", ...restored }
    : { by: "archive", objects: contents.entries.length, tables, ...restored };
  return manifestOf({ request, identity, contents, verified });
}

async function requireWritten({ temporaryPath, name }: LogicalBackupIdentity): Promise<void> {
  const folder = await openOwnFolder(dirname(temporaryPath));
  if (folder !== undefined && (await ownEntry(folder, basename(temporaryPath))) !== undefined) return;
  throw new BackupError(
    "ARCHIVE_MISSING",
    `pg_dump has not written ${name}: ${temporaryPath} does not exist. The dump runs in the same deployment, on the machine ` +
      `that runs pulumi. Run pulumi up again.`,
  );
}

async function manifestOf(made: {
  request: LogicalBackupRequest;
  identity: LogicalBackupIdentity;
  contents: ArchiveContents;
  verified: BackupVerification;
}): Promise<Manifest> {
  const { name, format, database, server, position, digest, serverVersion, temporaryPath } = made.identity;
  const files = await readArchiveFiles(temporaryPath);
  // pg_dump ran in UTC.
  const takenAt = new Date(`${made.contents.createdAt.replace(" ", "T")}Z`);
  const expiresAt = new Date(takenAt.getTime() + (made.request.retentionDays ?? 30) * dayMs);
  return makeManifest({
    ...{ name, format, database, server, serverVersion, position, digest },
    pgDumpVersion: made.contents.pgDumpVersion,
    takenAt: takenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    durationMs: Math.max(0, Date.now() - takenAt.getTime()),
    sizeBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files,
    verified: made.verified,
  });
}

function restoreCommandOf(request: LogicalBackupRequest, identity: LogicalBackupIdentity): string {
  const { libpq, location, format, database, locale, programs } = identity;
  return restoreArchiveCommand({
    ...{ location, format, database, locale },
    server: serverWords(request.connection, {
      libpqVersion: majorVersion(programs.version),
      hostAddress: libpq["PGHOSTADDR"],
    }),
    jobs: request.jobs ?? 1,
  });
}
