import * as pulumi from "@pulumi/pulumi";
import type { AwsAccess, Backup, Check, Connection, RdsDatabase } from "../engine/index.ts";
import { isPending, type Provider, type Unresolved } from "./provider.ts";
import { PackageResource } from "./package-resource.ts";
import { progressOf } from "./progress.ts";

/** Inputs of the restore proof resource. */
export interface RdsRestoreProofInputs {
  access: AwsAccess;
  /** The snapshot to prove. */
  snapshot: Backup;
  source: RdsDatabase;
  /** Names of the pending migrations. If there are none, a snapshot that was not proven stays so. */
  pending: string[] | undefined;
  connection: Connection;
  /** The checks that must hold in the restored database. */
  checks: Check[];
  timeoutMinutes: number | undefined;
  /** Milliseconds between two queries to AWS. */
  pollMs: number | undefined;
  /** The resource on whose row progress is shown. */
  progressUrn: string;
}

/** A snapshot that was restored once, checked, and removed again. */
export class RdsRestoreProofResource extends PackageResource {
  /** The snapshot, with the duration of its restore. */
  declare readonly backup: pulumi.Output<Backup>;

  constructor(name: string, inputs: Unresolved<RdsRestoreProofInputs>, opts: pulumi.CustomResourceOptions) {
    super("rds-restore-proof", name, {
      inputs,
      outputs: ["backup"],
      opts,
    });
  }
}

/** The snapshot, proven. */
interface RdsRestoreProofOutputs {
  backup: Backup;
}

/** Serves `RdsRestoreProofResource`. */
export const rdsRestoreProofProvider: Provider<RdsRestoreProofInputs, RdsRestoreProofOutputs> = {
  diff: (olds, news) => ({
    changes: olds.backup?.id !== news.snapshot.id,
  }),

  async create(inputs) {
    if (inputs.pending !== undefined && !isPending(inputs))
      return { id: "rds-restore-proof", outs: { backup: inputs.snapshot } };
    const { proveRestore } = await import("../engine/index.ts");
    const progress = progressOf(inputs.progressUrn);
    const backup = await proveRestore({
      access: inputs.access,
      backup: inputs.snapshot,
      source: inputs.source,
      connection: inputs.connection,
      inspect: (restored) => inspect(restored, inputs.checks),
      timeoutMinutes: inputs.timeoutMinutes,
      pollMs: inputs.pollMs,
      onProgress: progress.status,
      onWarning: progress.note,
    });
    const { restoreMs = 0, checks = 0 } = backup.verified;
    progress.note(
      `${backup.id} was restored in ${(restoreMs / 60_000).toFixed(1)} minutes, and ${checks} checks hold in it.`,
    );
    return { id: "rds-restore-proof", outs: { backup } };
  },
};

/** Returns the number of checks that hold in the restored database. Rejects with a report if one failed. */
async function inspect(restored: Connection, definitions: unknown[]): Promise<number> {
  const {
    BackupError,
    checksOfDatabase,
    connect,
    lookLockTimeoutMs,
    looksOnly,
    readChecks,
    runChecks,
    verificationReport,
  } = await import("../engine/index.ts");
  const checks = checksOfDatabase(await readChecks(definitions));
  const database = await connect(restored, { ...looksOnly, lockTimeoutMs: lookLockTimeoutMs });
  try {
    const results = await runChecks({ database, checks });
    const report = verificationReport(results);
    if (report === undefined) return results.filter(({ outcome }) => outcome === "holds").length;
    throw new BackupError(
      "BACKUP_NOT_PROVEN",
      `The snapshot was restored, but in the restored database ${report}\nNothing was applied.`,
    );
  } finally {
    await database.close();
  }
}
