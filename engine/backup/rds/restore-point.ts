import { setTimeout as sleep } from "node:timers/promises";
import type { AwsAccess } from "../../aws/access.ts";
import { isTransient, type RdsSource, withRds } from "../../aws/rds.ts";
import { describeRdsDatabase, type RdsDatabase } from "../../aws/rds-database.ts";
import type { Connection } from "../../postgres/session/connection.ts";
import { withDatabase } from "../../postgres/session/connect.ts";
import { type Backup, BackupError } from "../backup.ts";
import { requireDatabase } from "./identify-snapshot.ts";
import { rdsRestoreCommand } from "./rds-restore-command.ts";
import { readinessOf, type RdsRequirements } from "./rds-readiness.ts";

/** The database whose point-in-time recovery serves as the backup. */
export interface RestorePointRequest {
  access: AwsAccess;
  source: RdsSource;
  requirements?: RdsRequirements | undefined;
  /** The database whose clock sets the point. Default: this machine's clock, which must then be right. */
  connection?: Connection | undefined;
  /** Minutes to wait until AWS can restore to the point; AWS lags by about 5. Default: 20. */
  timeoutMinutes?: number | undefined;
  /** Milliseconds between two calls to AWS. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** Rejects with a `BackupError` if the database cannot be restored to a point in time, or is not ready for a run. */
export async function requirePointInTimeRecovery(
  request: Pick<RestorePointRequest, "access" | "requirements" | "source">,
): Promise<void> {
  const { access, source, requirements = {} } = request;
  const database = await withRds(access, (rds) => requireDatabase(rds, source));
  const atLeastOneDay = Math.max(1, requirements.minBackupRetentionDays ?? 1);
  const { problems } = readinessOf(
    database,
    { ...requirements, minBackupRetentionDays: atLeastOneDay },
    { now: new Date(), takesSnapshot: false },
  );
  if (problems.length > 0) throw new BackupError("BACKUP_SOURCE_NOT_READY", problems.join("\n"));
}

/**
 * Records this moment as the point to restore to, and waits until AWS can restore the database to it. Until then only
 * the database's own disk holds the write-ahead log of that moment.
 */
export async function takeRestorePoint(
  request: RestorePointRequest,
): Promise<{ backup: Backup; source: RdsDatabase }> {
  await requirePointInTimeRecovery(request);
  const startedAt = Date.now();
  const now = request.connection === undefined ? new Date() : await clockOf(request.connection);
  // AWS takes whole seconds. Rounding up would include what the run is about to write.
  const point = new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString().replace(".000Z", "Z");
  const source = await awaitRestorable(request, Date.parse(point));
  const backup: Backup = {
    method: "pointInTimeRecovery",
    id: point,
    arn: source.arn,
    takenAt: point,
    durationMs: Date.now() - startedAt,
    sizeBytes: source.allocatedStorageGiB * 1024 ** 3,
    verified: { by: "status" },
    expiresAt: new Date(startedAt + source.backupRetentionDays * 86_400_000).toISOString(),
    restoreCommand: rdsRestoreCommand(source, { time: point }),
  };
  return { backup, source };
}

/**
 * With a clock that is behind, a restore would lose committed data. With one that is ahead, it would repeat the damage.
 */
async function clockOf(connection: Connection): Promise<Date> {
  return withDatabase(connection, async (session) => {
    const [row] = await session.query<{ now: Date }>("SELECT pg_catalog.clock_timestamp() AS now");
    return row?.now ?? new Date();
  });
}

async function awaitRestorable(request: RestorePointRequest, point: number): Promise<RdsDatabase> {
  const { access, source, timeoutMinutes = 20, onProgress } = request;
  const deadline = Date.now() + timeoutMinutes * 60_000;
  for (;;) {
    const database = await withRds(access, (rds) => describeRdsDatabase(rds, source)).catch(
      (error: unknown) => {
        if (isTransient(error)) return undefined;
        throw error;
      },
    );
    const restorable = Date.parse(database?.latestRestorableTime ?? "");
    if (database !== undefined && restorable >= point) return database;
    onProgress?.(
      `${source.identifier} can be restored up to ${database?.latestRestorableTime ?? "an unknown time"}; ` +
        `waiting for ${new Date(point).toISOString()}`,
    );
    if (Date.now() >= deadline)
      throw new BackupError(
        "BACKUP_LATE",
        `${source.identifier} could not be restored to ${new Date(point).toISOString()} within ${timeoutMinutes} ` +
          `minutes. Nothing was applied. Check its events for what stops AWS from saving the write-ahead log, ` +
          `then run pulumi up again.`,
      );
    await sleep(Math.min(request.pollMs ?? 10_000, Math.max(0, deadline - Date.now())));
  }
}
