import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../postgres/session/connection.ts";
import { type Database } from "../../postgres/session/database.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { libpqEnvironment } from "../../postgres/session/libpq-variables.ts";
import { connectionTo } from "../../postgres/session/session-schema.ts";
import { openShadow, type Shadow } from "../../shadow/shadow.ts";
import { ShadowError } from "../../shadow/shadow-error.ts";
import type { BackupVerification } from "../backup.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import { majorVersion } from "./archive-programs.ts";
import { entriesToRestore } from "./entries-to-restore.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";
import type { LogicalBackupRequest } from "./logical-backup-request.ts";
import { compareRestored } from "./restored-comparison.ts";
import { notRestoredBecause } from "./restore-problem.ts";
import { runProgram } from "./run-program.ts";
import { prepareShadow } from "./shadow-readiness.ts";

/** The archive to restore, and the inspection of the result. */
export interface RestoreVerification {
  request: LogicalBackupRequest;
  identity: LogicalBackupIdentity;
  contents: ArchiveContents;
  onProgress?: ((message: string) => void) | undefined;
  onRestored?: ((restored: Connection) => Promise<void>) | undefined;
}

/** The findings in the restored database, or why there are none. */
export type Restored = Omit<BackupVerification, "by">;

const defaultLimit = 1024 ** 3;

/**
 * Restores an archive into a shadow and compares it with the original. If the shadow is unavailable or cannot hold this
 * database, `notRestored` says so. Rejects with a `BackupError` if the archive cannot be restored.
 */
export async function verifyByRestore(verification: RestoreVerification): Promise<Restored> {
  const { request, identity, onProgress } = verification;
  const { restore = "when-small", restoreUpToBytes = defaultLimit } = request;
  if (restore === "never") return {};
  if (restore === "when-small" && identity.databaseBytes > restoreUpToBytes)
    return {
      notRestored:
        `${identity.database} (${identity.databaseBytes} bytes) is larger than the limit for a restore ` +
        `(${restoreUpToBytes} bytes, restoreUpToBytes)`,
    };
  return withDatabase(request.connection, async (original) => {
    const [{ encoding } = { encoding: "UTF8" }] = await original.query<{ encoding: string }>(
      `SELECT pg_catalog.getdatabaseencoding() AS encoding`,
    );
    const { shadow: server, allowSuperuser } = request;
    return openShadow({ server, allowSuperuser, encoding, onProgress }).then(
      (shadow) => restoreInto(shadow, original, verification).finally(() => shadow.close()),
      (error: unknown) => {
        if (error instanceof ShadowError && error.code === "SHADOW_UNAVAILABLE")
          return { notRestored: error.message };
        throw error;
      },
    );
  });
}

async function restoreInto(
  shadow: Shadow,
  original: Database,
  verification: RestoreVerification,
): Promise<Restored> {
  const { identity, contents, onProgress, onRestored } = verification;
  const connection = { ...shadow.connection, ...connectionTo(original.address) };
  const readiness = await prepareShadow(shadow, original);
  if (readiness.lacks !== undefined) return { notRestored: readiness.lacks };
  onProgress?.(`restoring ${identity.name} into a shadow, PostgreSQL ${shadow.serverVersion}`);
  const startedAt = performance.now();
  const { lines, leftOut } = entriesToRestore(contents.entries, readiness);
  const problem = await runRestore(connection, verification, lines);
  if (problem !== undefined) return { notRestored: notRestoredBecause(problem, { identity, shadow }) };
  const restoreMs = Math.round(performance.now() - startedAt);
  onProgress?.(`comparing the restored database with ${identity.database}`);
  const compared = await withDatabase(connection, (restored) =>
    compareRestored({
      original,
      restored,
      snapshot: identity.snapshot,
      sameVersion: majorVersion(shadow.serverVersion) === majorVersion(contents.serverVersion),
      withoutPolicies: readiness.skippedPolicies.size > 0,
      onProgress,
    }),
  );
  await onRestored?.(connection);
  return { ...compared, restoreMs, ...(leftOut.length > 0 ? { leftOut } : {}) };
}

/**
 * Runs pg_restore, logged in as the role that owns the shadow: SQL in a dump could leave a role that was merely set.
 * Resolves to its error, undefined if it succeeded.
 */
async function runRestore(
  connection: Connection,
  { request, identity }: RestoreVerification,
  lines: string,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-restore-"));
  try {
    const list = join(folder, "list");
    await writeFile(list, lines, { flag: "wx", mode: 0o600 });
    const variables = await libpqEnvironment(connection, {
      libpqVersion: majorVersion(identity.programs.version),
      folder,
    });
    const jobs = (request.jobs ?? 1) > 1 ? [`--jobs=${request.jobs}`] : [];
    const { succeeded, stderr } = await runProgram(
      identity.programs.pgRestore,
      [
        ...restoreOptions,
        ...jobs,
        `--use-list=${list}`,
        `--dbname=${connection.database}`,
        identity.temporaryPath,
      ],
      variables,
    );
    return succeeded ? undefined : stderr;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Roles, tablespaces, publishers and subscribers belong to the original server. */
const restoreOptions = [
  "--exit-on-error",
  "--no-password",
  "--no-owner",
  "--no-acl",
  "--no-tablespaces",
  "--no-security-labels",
  "--no-publications",
  "--no-subscriptions",
];
