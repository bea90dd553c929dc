import { withRds } from "../../aws/rds.ts";
import type { AwsAccess } from "../../aws/access.ts";
import type { RdsDatabase } from "../../aws/rds-database.ts";
import type { RdsSnapshotFacts } from "../../aws/rds-snapshots.ts";
import { type Backup, BackupError } from "../backup.ts";
import { awaitSnapshot } from "./await-snapshot.ts";
import { requireDatabase } from "./identify-snapshot.ts";
import { rdsRestoreCommand } from "./rds-restore-command.ts";
import type { SnapshotIdentity } from "./snapshot-identity.ts";

/** A snapshot to prove available. */
export interface SnapshotProof {
  access: AwsAccess;
  identity: SnapshotIdentity;
  /** Longest wait, minutes. */
  timeoutMinutes: number;
  /** Milliseconds between two calls to AWS. Default: 10000. */
  pollMs?: number | undefined;
  onProgress?: ((message: string) => void) | undefined;
}

/**
 * Waits until AWS reports a snapshot as available and of the right database. Resolves to the backup, and to what a
 * restore like the original needs. Rejects with a `BackupError`.
 */
export async function proveSnapshot(proof: SnapshotProof): Promise<{ backup: Backup; source: RdsDatabase }> {
  const { access, identity } = proof;
  const facts = await awaitSnapshot({ ...proof, kind: identity.kind, snapshot: identity.snapshot });
  if (facts.source !== identity.identifier)
    throw new BackupError(
      "BACKUP_DIFFERS",
      `The snapshot ${facts.identifier} is of ${facts.source}, not of ${identity.identifier}.`,
    );
  return withRds(access, async (rds) => {
    const source = await requireDatabase(rds, identity);
    return { backup: backupOf(facts, { source, identity }), source };
  });
}

function backupOf(
  facts: RdsSnapshotFacts,
  { source, identity }: { source: RdsDatabase; identity: SnapshotIdentity },
): Backup {
  return {
    ...describedBackup(facts, source),
    durationMs: Math.max(0, Date.now() - Date.parse(identity.requestedAt)),
    expiresAt: identity.expiresAt,
  };
}

/** A snapshot as a backup, as AWS describes it. Its duration was not measured. */
export function describedBackup(facts: RdsSnapshotFacts, source: RdsDatabase): Backup {
  return {
    method: "rdsSnapshot",
    id: facts.identifier,
    arn: facts.arn,
    takenAt: facts.takenAt ?? new Date().toISOString(),
    durationMs: 0,
    sizeBytes: facts.sizeGiB * 1024 ** 3,
    verified: { by: "status" },
    restoreCommand: rdsRestoreCommand(source, { snapshot: facts.identifier }),
  };
}
