import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { isTransient, type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsDatabase, type RdsDatabase } from "../../aws/rds-database.ts";
import {
  beginTemporaryRestore,
  deleteTemporaryRestore,
  temporaryRestoreStatus,
} from "../../aws/rds-restore.ts";
import { type Connection, databaseOf } from "../../postgres/connection.ts";
import { withDatabase } from "../../postgres/database.ts";
import { type Backup, BackupError } from "../backup.ts";
import { proofTag, removeLeftover } from "./proof-leftover.ts";

/** A snapshot that is proven by restoring it. */
export interface RestoreProof {
  access: AwsAccess;
  backup: Backup;
  /** The original. */
  source: RdsDatabase;
  /** The connection to the original; the restored one has the same roles, and an address of its own. */
  connection: Connection;
  /** Looks at what was restored, and gives how many checks held. Rejects where one does not. */
  inspect: (restored: Connection) => Promise<number>;
  /** How long restoring may last, minutes. Default: 120. */
  timeoutMinutes?: number | undefined;
  /** How often AWS is asked, milliseconds. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
  /** Is told what has to be seen to by hand. */
  onWarning?: ((message: string) => void) | undefined;
}

/**
 * Restores a snapshot into a temporary instance or cluster, connects, looks at it, measures how long that took, and
 * deletes it again, whatever came of it. Gives the backup with the measured figure.
 */
export async function proveRestore(proof: RestoreProof): Promise<Backup> {
  const { access, source, backup } = proof;
  const restored: RdsSource = { kind: source.kind, identifier: temporaryIdentifier(proof) };
  await withRds(access, (rds) => removeLeftover(rds, restored, proof));
  const startedAt = Date.now();
  try {
    await withRds(access, (rds) =>
      beginTemporaryRestore(rds, {
        snapshot: backup.id,
        source,
        identifier: restored.identifier,
        tags: { [proofTag]: backup.id },
      }),
    );
    const connection = await awaitConnection(restored, proof, startedAt);
    const restoreMs = Date.now() - startedAt;
    proof.onProgress?.(`restored ${backup.id} in ${seconds(restoreMs)}; looking at it`);
    const checks = await proof.inspect(connection);
    return { ...backup, verified: { ...backup.verified, by: "restore", checks, restoreMs } };
  } finally {
    await removeOrName(restored, proof);
  }
}

/** The same for every snapshot of a database, so that the next proof finds what a killed one has left. */
function temporaryIdentifier({ source, connection }: RestoreProof): string {
  const database = JSON.stringify([source.arn, databaseOf(connection)]);
  const hash = createHash("sha256").update(database).digest("hex").slice(0, 10);
  return `${source.identifier.slice(0, 40).replace(/-+$/, "")}-proof-${hash}`;
}

async function awaitConnection(
  restored: RdsSource,
  proof: RestoreProof,
  startedAt: number,
): Promise<Connection> {
  const { access, timeoutMinutes = 120, pollMs = 10_000 } = proof;
  for (;;) {
    const found = await withRds(access, async (rds) => ({
      status: await temporaryRestoreStatus(rds, restored),
      endpoint: (await describeRdsDatabase(rds, restored))?.endpoint,
    })).catch((error: unknown) => {
      if (isTransient(error)) return { status: "unknown, as AWS cannot be reached", endpoint: undefined };
      throw error;
    });
    const connection = found.status === "available" && found.endpoint && at(proof.connection, found.endpoint);
    if (connection && (await answers(connection))) return connection;
    if (/failed|incompatible|inaccessible/.test(found.status ?? ""))
      throw new BackupError(
        "BACKUP_NOT_PROVEN",
        `Restoring ${proof.backup.id} has ended in the status ${found.status}. Nothing was applied.`,
      );
    proof.onProgress?.(
      `restoring ${proof.backup.id} into ${restored.identifier}: ${found.status ?? "not there yet"}, ` +
        `${seconds(Date.now() - startedAt)} so far`,
    );
    if (Date.now() - startedAt >= timeoutMinutes * 60_000)
      throw new BackupError(
        "BACKUP_NOT_PROVEN",
        `${proof.backup.id} was not restored within ${timeoutMinutes} minutes (status ${found.status ?? "unknown"}). ` +
          `Nothing was applied. See that the restored database can be connected to from here, or set a longer ` +
          `timeoutMinutes.`,
      );
    await sleep(pollMs);
  }
}

/** The same database and role at another address. */
function at(connection: Connection, { host, port }: { host: string; port: number }): Connection {
  const name = connection.tlsServerName === undefined ? {} : { tlsServerName: host };
  return { ...connection, host, port, ...name };
}

async function answers(connection: Connection): Promise<boolean> {
  return withDatabase(connection, (session) => session.query("SELECT 1")).then(
    () => true,
    () => false,
  );
}

/** A temporary database that cannot be deleted costs money: it is named, though the backup itself is proven. */
async function removeOrName(restored: RdsSource, { access, onWarning }: RestoreProof): Promise<void> {
  await withRds(access, (rds) => deleteTemporaryRestore(rds, restored)).catch((error: unknown) => {
    onWarning?.(
      `The temporary ${restored.kind} ${restored.identifier} could not be deleted: ${(error as Error).message} ` +
        `Delete it by hand.`,
    );
  });
}

function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
