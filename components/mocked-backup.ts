import type { Backup, RdsDatabase, SnapshotIdentity } from "../engine/index.ts";
import type { DumpIdentity } from "../resources/identity-methods.ts";

const longAgo = new Date(0).toISOString();

/** The backup of a program that runs under mocks. */
export function mockedBackup(method: Backup["method"]): Backup {
  return {
    ...{ method, id: `mocked-${method}`, takenAt: longAgo, durationMs: 0, sizeBytes: 0 },
    ...{ verified: { by: "status" }, restoreCommand: "true" },
  };
}

/** The original of a mocked snapshot. */
export const mockedRdsDatabase: RdsDatabase = {
  ...{ kind: "instance", identifier: "mocked", arn: "arn:aws:rds:mocked", status: "available" },
  ...{ engine: "postgres", encrypted: true, backupRetentionDays: 1, latestRestorableTime: longAgo },
  ...{ allocatedStorageGiB: 1, maxAllocatedStorageGiB: undefined, endpoint: undefined },
  placement: {
    ...{ instanceClass: undefined, subnetGroup: undefined, securityGroups: [], parameterGroup: undefined },
    ...{ multiAz: false, publiclyAccessible: false },
  },
};

/** The identity of a mocked snapshot. */
export const mockedSnapshot: SnapshotIdentity = {
  ...{
    kind: "instance",
    identifier: "mocked",
    snapshot: "mocked-snapshot",
    attempt: 1,
    requestedAt: longAgo,
  },
  ...{ expiresAt: longAgo, tags: {} },
};

/** The parts of a mocked dump that its resources are made of. */
export const mockedDump = {
  ...{
    name: "mocked",
    location: "mocked",
    temporaryPath: "mocked",
    database: "mocked",
    requestedAt: longAgo,
  },
  command: { create: "true", environment: {} },
} as unknown as DumpIdentity;
