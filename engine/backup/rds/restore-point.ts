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
  /** The database, whose clock tells the point. Default: this machine's clock, which has to be right then. */
  connection?: Connection | undefined;
  /** How long to wait until AWS can restore to the point, minutes; AWS lags by some 5. Default: 20. */
  timeoutMinutes?: number | undefined;
  /** How often AWS is asked, milliseconds. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/** Rejects with a `BackupError` where the database cannot be restored to a point in time, or is not ready for a run. */
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
 * Records this moment as the point to come back to, and waits until AWS says that the database can be restored to
 * it: until then the write-ahead log of that moment lives on the database's own disk only.
 */
export async function takeRestorePoint(
  request: RestorePointRequest,
): Promise<{ backup: Backup; source: RdsDatabase }> {
  await requirePointInTimeRecovery(request);
  const startedAt = Date.now();
  const now = request.connection === undefined ? new Date() : await clockOf(request.connection);
  // AWS takes whole seconds; what is rounded off must not be what the run is about to write.
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

/** A clock that goes behind would lose what was committed, one that goes ahead would bring the damage back. */
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
          `minutes. Nothing was applied. Look at its events for what keeps AWS from saving the write-ahead log, ` +
          `and run pulumi up again.`,
      );
    await sleep(Math.min(request.pollMs ?? 10_000, Math.max(0, deadline - Date.now())));
  }
}
