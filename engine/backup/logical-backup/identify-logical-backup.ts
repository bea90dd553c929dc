import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { resolveConnection } from "../../postgres/session/resolve-connection.ts";
import { hostAddressOf, libpqVariables } from "../../postgres/session/libpq-variables.ts";
import { BackupError } from "../backup.ts";
import { archiveName } from "./archive-name.ts";
import { findArchivePrograms, majorVersion } from "./archive-programs.ts";
import { type ArchiveStore } from "./archive-store.ts";
import { withStore } from "./with-store.ts";
import { certificatesFileOf } from "./dump-command.ts";
import { existingAncestor } from "./folder-store.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";
import { requireReadable } from "./readability.ts";
import { formatOf, requireKnownCompression, requireUsableRequest } from "./request-problems.ts";
import { readSourceFacts } from "./source-facts.ts";
import { sizeInWords } from "../../words.ts";

/** The tolerated clock difference between machines that share a stack. */
const clockToleranceMs = 60_000;

/**
 * Checks that a logical backup can be taken, and decides on one. The previous backup is used again if it is finished,
 * young enough and of the same ledger position and digest. Changes nothing. Rejects with a `BackupError` that names
 * what to fix.
 */
export async function identifyLogicalBackup(
  request: LogicalBackupRequest,
  previous?: LogicalBackupIdentity,
): Promise<LogicalBackupIdentity> {
  requireUsableRequest(request);
  return withStore(request.target, async (store) => {
    if (previous !== undefined && (await isReusable(previous, { request, store }))) return previous;
    return decide(request, store);
  });
}

/** True if the backup is finished and still exists, and also if S3 does not answer. */
export async function logicalBackupExists(
  request: LogicalBackupRequest,
  identity: LogicalBackupIdentity,
): Promise<boolean> {
  const isThere = async (store: ArchiveStore): Promise<boolean> =>
    store.locationOf(identity.name) === identity.location && store.has(identity.name);
  // Used while nothing is pending, which an unreachable S3 must not delay.
  const onlyOnce = 1;
  return withStore(request.target, isThere, onlyOnce).catch(() => true);
}

async function isReusable(
  previous: LogicalBackupIdentity,
  { request, store }: { request: LogicalBackupRequest; store: ArchiveStore },
): Promise<boolean> {
  const { ledger, connection, reuseMinutes = 15 } = request;
  const isOfSameOccasion =
    previous.position === ledger.position &&
    previous.digest === ledger.digest &&
    previous.database === resolveConnection(connection).database &&
    previous.location === store.locationOf(previous.name);
  // The age of a backup from the future is unknown: the clock was set back.
  const isYoung = (time: string) => {
    const ageMs = Date.now() - Date.parse(time);
    return ageMs <= reuseMinutes * 60_000 && ageMs >= -clockToleranceMs;
  };
  if (!isOfSameOccasion || !isYoung(previous.requestedAt)) return false;
  const manifest = await store.find(previous.name);
  return manifest !== undefined && isYoung(manifest.takenAt);
}

async function decide(request: LogicalBackupRequest, store: ArchiveStore): Promise<LogicalBackupIdentity> {
  const { connection, ledger } = request;
  const { database } = resolveConnection(connection);
  const [facts, hostAddress] = await Promise.all([readSourceFacts(connection), hostAddressOf(connection)]);
  const programs = await findArchivePrograms(facts.serverVersion, request.programs);
  requireKnownCompression(request, programs.version);
  await requireReadable(connection);
  const [format, requestedAt] = [formatOf(request), new Date()];
  const name = archiveName({ database, position: ledger.position, requestedAt, format });
  const temporaryPath = store.temporaryPathOf(name);
  await store.requireReady();
  await requireSpace(request, { temporaryPath, database, databaseBytes: facts.databaseBytes });
  return {
    name,
    location: store.locationOf(name),
    temporaryPath,
    format,
    database,
    ...facts,
    ...ledger,
    requestedAt: requestedAt.toISOString(),
    programs,
    libpq: libpqVariables(connection, {
      libpqVersion: majorVersion(programs.version),
      hostAddress,
      certificatesFile: certificatesFileOf(temporaryPath),
    }),
  };
}

async function requireSpace(
  { minFreeBytes }: LogicalBackupRequest,
  {
    temporaryPath,
    database,
    databaseBytes,
  }: { temporaryPath: string; database: string; databaseBytes: number },
): Promise<void> {
  const folder = await existingAncestor(dirname(temporaryPath));
  const { bavail, bsize } = await statfs(folder);
  const [freeBytes, neededBytes] = [bavail * bsize, minFreeBytes ?? databaseBytes];
  if (freeBytes >= neededBytes) return;
  const reason =
    minFreeBytes === undefined
      ? `${database} has this size; if its archive is known to be smaller, set minFreeBytes`
      : "minFreeBytes";
  throw new BackupError(
    "TARGET_TOO_SMALL",
    `${folder}, where ${database} would be dumped, has ${sizeInWords(freeBytes)} free, and ${sizeInWords(neededBytes)} ` +
      `are needed, ${sizeInWords(neededBytes - freeBytes)} more (${reason}). Free some space, or name a folder on another disk.`,
  );
}
