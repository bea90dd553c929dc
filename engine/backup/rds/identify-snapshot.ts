import type { AwsAccess } from "../../aws/access.ts";
import { type RdsSource, withRds } from "../../aws/rds.ts";
import { type Rds } from "../../aws/rds-access.ts";
import { describeRdsDatabase, type RdsDatabase } from "../../aws/rds-database.ts";
import { describeRdsSnapshot, listRdsSnapshots, snapshotQuota } from "../../aws/rds-snapshots.ts";
import { freeStorageBytes } from "../../aws/rds-storage.ts";
import { BackupError, type BackupOccasion } from "../backup.ts";
import { readinessOf, type RdsRequirements } from "./rds-readiness.ts";
import { decideOnSnapshot, type SnapshotIdentity } from "./snapshot-identity.ts";

/** The snapshot to decide on. */
export interface SnapshotRequest {
  access: AwsAccess;
  source: RdsSource;
  occasion: BackupOccasion;
  /** Age in minutes up to which a snapshot of the same occasion is used again. Default: 15. */
  reuseMinutes?: number | undefined;
  /** Shortest time to keep it, days. Default: 30. */
  retentionDays?: number | undefined;
  requirements?: RdsRequirements | undefined;
}

/** Warn if the quota leaves room for fewer snapshots than this. */
const quotaReserve = 10;

/**
 * Checks that a snapshot can be taken, and decides on one: the previous one of the same occasion while it is young,
 * else a new attempt. Changes nothing. Rejects with a `BackupError` that names everything to fix.
 */
export async function identifySnapshot(
  request: SnapshotRequest,
  previous: SnapshotIdentity | undefined,
  onWarning: (message: string) => void,
): Promise<SnapshotIdentity> {
  const { access, source } = request;
  requirePositive(request);
  return withRds(access, async (rds) => {
    const [database, snapshots] = await Promise.all([
      requireDatabase(rds, source),
      listRdsSnapshots(rds, source),
    ]);
    const now = new Date();
    const { identity, reused } = decideOnSnapshot({
      source: { kind: source.kind, identifier: database.identifier },
      occasion: request.occasion,
      snapshots,
      previous,
      reuseMinutes: request.reuseMinutes ?? 15,
      retentionDays: request.retentionDays ?? 30,
      now,
    });
    if (reused) return identity;
    const [freeBytes, quota] = await Promise.all([
      source.kind === "instance" ? freeStorageOf(request, onWarning) : undefined,
      quotaReadiness(rds, source.kind, onWarning),
    ]);
    const { problems, warnings } = readinessOf(database, request.requirements ?? {}, { freeBytes, now });
    for (const warning of [...warnings, ...quota.warnings]) onWarning(warning);
    problems.push(...quota.problems);
    if (problems.length > 0) throw new BackupError("BACKUP_SOURCE_NOT_READY", problems.join("\n"));
    return identity;
  });
}

/** True if the snapshot exists, and also if AWS does not answer. One call. */
export async function snapshotExists(access: AwsAccess, identity: SnapshotIdentity): Promise<boolean> {
  const { kind, snapshot } = identity;
  const oneQuickCall = { attempts: 1, requestTimeoutMs: 3000 };
  return withRds(
    access,
    async (rds) => {
      const found = await describeRdsSnapshot(rds, { kind, identifier: snapshot });
      return found !== undefined && found.status !== "failed";
    },
    oneQuickCall,
  ).catch(() => true);
}

/** Rejects with a `BackupError` if the instance or cluster does not exist. */
export async function requireDatabase(rds: Rds, source: RdsSource): Promise<RdsDatabase> {
  const database = await describeRdsDatabase(rds, source);
  if (database !== undefined) return database;
  throw new BackupError(
    "BACKUP_SOURCE_MISSING",
    `The RDS ${source.kind} ${source.identifier} does not exist in ${rds.region}. Correct the identifier, or the region that ` +
      `is configured for the AWS provider.`,
  );
}

function requirePositive({ reuseMinutes = 15, retentionDays = 30 }: SnapshotRequest): void {
  for (const [name, value, least] of [
    ["reuseMinutes", reuseMinutes, 0],
    ["retentionDays", retentionDays, 1],
  ] as const)
    if (!Number.isFinite(value) || value < least)
      throw new BackupError(
        "RETENTION_UNUSABLE",
        `${name} is ${value}; it must be a number of at least ${least}.`,
      );
}

/** A snapshot can be taken without CloudWatch: without permission to ask it, or without its client. */
async function freeStorageOf(
  { access, source, requirements }: SnapshotRequest,
  onWarning: (message: string) => void,
): Promise<number | undefined> {
  if (requirements?.minFreeStoragePercent === 0) return undefined;
  const unknown = `The free storage of ${source.identifier} is unknown`;
  try {
    const bytes = await freeStorageBytes(access, source.identifier);
    if (bytes === undefined) onWarning(`${unknown}: CloudWatch has no figure from the last 15 minutes.`);
    return bytes;
  } catch (error) {
    onWarning(`${unknown}: ${(error as Error).message} If you do not need it, set minFreeStoragePercent: 0.`);
    return undefined;
  }
}

async function quotaReadiness(
  rds: Rds,
  kind: RdsSource["kind"],
  onWarning: (message: string) => void,
): Promise<{ problems: string[]; warnings: string[] }> {
  const quota = await snapshotQuota(rds, kind).catch((error: unknown) => {
    onWarning(`The used quota of manual snapshots is unknown: ${(error as Error).message}`);
    return undefined;
  });
  if (quota === undefined || quota.max - quota.used > quotaReserve) return { problems: [], warnings: [] };
  const used = `${quota.used} of the ${quota.max} manual ${kind} snapshots that AWS allows in this region are used.`;
  const remedy =
    "Delete those that you do not need, keep fewer (retentionDays, keepNewest), or ask AWS for a larger quota.";
  return quota.used >= quota.max
    ? { problems: [`${used} ${remedy}`], warnings: [] }
    : { problems: [], warnings: [`${used} ${remedy}`] };
}
