import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { isTransient, type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsDatabase, type RdsDatabase } from "../../aws/rds-database.ts";
import {
  advanceTemporaryRestore,
  beginTemporaryRestore,
  deleteTemporaryRestore,
  type TemporaryRestore,
} from "../../aws/rds-restore.ts";
import { PgMigrationsError } from "../../error.ts";
import { type Connection } from "../../postgres/session/connection.ts";
import { databaseOf } from "../../postgres/session/resolve-connection.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { type Backup, BackupError } from "../backup.ts";
import { proofTag, removeLeftover } from "./proof-leftover.ts";
import { durationInWords } from "../../words.ts";

/** A snapshot to prove by restoring it. */
export interface RestoreProof {
  access: AwsAccess;
  backup: Backup;
  source: RdsDatabase;
  /** The connection to the original. The restored database has the same roles and its own address. */
  connection: Connection;
  /** Inspects the restored database and resolves to the number of checks that passed. Rejects if one failed. */
  inspect: (restored: Connection) => Promise<number>;
  /** Longest restore, minutes. Default: 120. */
  timeoutMinutes?: number | undefined;
  /** Milliseconds between two calls to AWS. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
  /** Receives what must be cleaned up by hand. */
  onWarning?: ((message: string) => void) | undefined;
}

/**
 * Restores a snapshot into a temporary instance or cluster, connects, inspects it, measures the time, and always
 * deletes it again. Resolves to the backup with the measured time.
 */
export async function proveRestore(proof: RestoreProof): Promise<Backup> {
  const { access, source, backup } = proof;
  const restored: RdsSource = { kind: source.kind, identifier: temporaryIdentifier(proof) };
  await withRds(access, (rds) => removeLeftover(rds, restored, proof));
  const startedAt = Date.now();
  const tags = { [proofTag]: backup.id };
  const restore = { snapshot: backup.id, source, identifier: restored.identifier, tags };
  try {
    await withRds(access, (rds) => beginTemporaryRestore(rds, restore));
    const connection = await awaitConnection(restore, proof, startedAt);
    const restoreMs = Date.now() - startedAt;
    proof.onProgress?.(`restored ${backup.id} in ${durationInWords(restoreMs)}; inspecting it`);
    const checks = await proof.inspect(connection);
    return { ...backup, verified: { ...backup.verified, by: "restore", checks, restoreMs } };
  } finally {
    await removeOrName(restored, proof);
  }
}

/** The same for every snapshot of a database, so that the next proof finds what a killed one left behind. */
function temporaryIdentifier({ source, connection }: RestoreProof): string {
  const database = JSON.stringify([source.arn, databaseOf(connection)]);
  const hash = createHash("sha256").update(database).digest("hex").slice(0, 10);
  return `${source.identifier.slice(0, 40).replace(/-+$/, "")}-proof-${hash}`;
}

async function awaitConnection(
  restore: TemporaryRestore,
  proof: RestoreProof,
  startedAt: number,
): Promise<Connection> {
  const { timeoutMinutes = 120, pollMs = 10_000, backup } = proof;
  for (;;) {
    const { status = "does not exist yet", endpoint } = await look(restore, proof);
    const connection = status === "available" && endpoint && at(proof.connection, endpoint);
    const problem = connection ? await connectionProblem(connection) : undefined;
    if (connection && problem === undefined) return connection;
    if (/failed|incompatible|inaccessible/.test(status))
      throw notProven(`Restoring ${backup.id} ended in the status ${status}.`);
    const seen = problem ?? status;
    const elapsed = Date.now() - startedAt;
    proof.onProgress?.(
      `restoring ${backup.id} into ${restore.identifier}: ${seen}, ${durationInWords(elapsed)} so far`,
    );
    if (elapsed >= timeoutMinutes * 60_000)
      throw notProven(
        `${backup.id} was not restored within ${timeoutMinutes} minutes (${seen}). Make sure that the restored database ` +
          `can be reached from here, or set a longer proveTimeoutMinutes.`,
      );
    await sleep(pollMs);
  }
}

async function look(
  restore: TemporaryRestore,
  { access }: RestoreProof,
): Promise<{ status: string | undefined; endpoint?: RdsDatabase["endpoint"] }> {
  const { kind } = restore.source;
  try {
    return await withRds(access, async (rds) => ({
      status: await advanceTemporaryRestore(rds, restore),
      endpoint: (await describeRdsDatabase(rds, { kind, identifier: restore.identifier }))?.endpoint,
    }));
  } catch (error) {
    if (isTransient(error)) return { status: "unknown, as AWS cannot be reached" };
    throw error;
  }
}

function notProven(what: string): BackupError {
  return new BackupError("BACKUP_NOT_PROVEN", `${what} Nothing was applied.`);
}

/** The same database and role at another address. */
function at(connection: Connection, { host, port }: { host: string; port: number }): Connection {
  const name = connection.tlsServerName === undefined ? {} : { tlsServerName: host };
  return { ...connection, host, port, ...name };
}

/** Why the database cannot be connected to; undefined if it can. Rejects at once if waiting cannot help. */
async function connectionProblem(connection: Connection): Promise<string | undefined> {
  try {
    await withDatabase(connection, (session) => session.query("SELECT 1"));
    return undefined;
  } catch (error) {
    if (error instanceof PgMigrationsError && /^(28|3D)/.test(error.sqlstate ?? ""))
      throw notProven(`The snapshot was restored, but: ${error.message}`);
    return (error as Error).message;
  }
}

/** A temporary database that cannot be deleted costs money, so it is reported. The backup itself is proven. */
async function removeOrName(restored: RdsSource, { access, onWarning }: RestoreProof): Promise<void> {
  await withRds(access, (rds) => deleteTemporaryRestore(rds, restored)).catch((error: unknown) => {
    onWarning?.(
      `The temporary ${restored.kind} ${restored.identifier} could not be deleted: ${(error as Error).message} ` +
        `Delete it by hand.`,
    );
  });
}
