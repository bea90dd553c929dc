import type {
  BackupOccasion,
  LogicalBackupIdentity,
  LogicalBackupRequest,
  SnapshotIdentity,
  SnapshotRequest,
} from "../engine/index.ts";

/** The backups that another provider's resource makes, once their identity is decided. */
export type Backups = "logicalBackup" | "rdsSnapshot";

/** The decision on the identity of one kind of backup. Requests and identities are plain data of the engine. */
interface IdentityMethod {
  /** Decides. Rejects if such a backup cannot be made. */
  identify: (
    request: object & { occasion: BackupOccasion },
    previous: object | undefined,
    onWarning: (message: string) => void,
  ) => Promise<object>;
  /** True if the backup that was decided on last exists. Cheap, because every deployment asks for it. */
  exists: (request: object & { occasion: BackupOccasion }, previous: object) => Promise<boolean>;
}

/** The dump to take, and the command that takes it. */
export type DumpIdentity = LogicalBackupIdentity & {
  command: { create: string; environment: Record<string, string> };
};

/** The methods by kind of backup. */
export const identityMethods: Record<Backups, IdentityMethod> = {
  rdsSnapshot: {
    async identify(request, previous, onWarning) {
      const { identifySnapshot } = await import("../engine/index.ts");
      return identifySnapshot(
        request as SnapshotRequest,
        previous as SnapshotIdentity | undefined,
        onWarning,
      );
    },
    async exists(request, previous) {
      const { snapshotExists } = await import("../engine/index.ts");
      return snapshotExists((request as SnapshotRequest).access, previous as SnapshotIdentity);
    },
  },
  logicalBackup: {
    async identify(request, previous) {
      const { dumpCommand, identifyLogicalBackup } = await import("../engine/index.ts");
      const complete = logicalRequestOf(request);
      const identity = await identifyLogicalBackup(complete, previous as DumpIdentity | undefined);
      // Kept with the identity, so that a later change of the options does not run the command of a finished dump
      // again.
      const { create, environment } = dumpCommand(complete, identity);
      return { ...identity, command: { create, environment } };
    },
    async exists(request, previous) {
      const { logicalBackupExists } = await import("../engine/index.ts");
      return logicalBackupExists(logicalRequestOf(request), previous as DumpIdentity);
    },
  },
};

function logicalRequestOf({
  occasion,
  ...request
}: object & { occasion: BackupOccasion }): LogicalBackupRequest {
  return { ...(request as Omit<LogicalBackupRequest, "ledger">), ledger: occasion };
}
