import type {
  BackupOccasion,
  LogicalBackupIdentity,
  LogicalBackupRequest,
  SnapshotIdentity,
  SnapshotRequest,
} from "../engine/index.ts";

/** The backups that another provider's resource makes, once their identity is decided. */
export type Backups = "logicalBackup" | "rdsSnapshot";

/** How the identity of a kind of backup is decided. Requests and identities are plain data of the engine's. */
interface IdentityMethod {
  /** Decides. Rejects where such a backup cannot be made. */
  identify: (
    request: object & { occasion: BackupOccasion },
    previous: object | undefined,
    onWarning: (message: string) => void,
  ) => Promise<object>;
  /** Whether the backup that was decided on last is there; cheap, as it is asked at every deployment. */
  exists: (request: object & { occasion: BackupOccasion }, previous: object) => Promise<boolean>;
}

/** Which dump is taken, and by which command. */
export type DumpIdentity = LogicalBackupIdentity & {
  command: { create: string; environment: Record<string, string> };
};

/** By kind of backup. */
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
      // Kept with the identity, so that options which are changed later do not run the command of a dump that is made.
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
