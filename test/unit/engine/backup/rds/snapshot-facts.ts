import type { RdsSnapshotFacts } from "../../../../../engine/aws/rds-snapshots.ts";

/** The facts about a snapshot, as AWS might return them. */
export function facts(given: Partial<RdsSnapshotFacts>): RdsSnapshotFacts {
  const identifier = given.identifier ?? "app-prod-before-0123456789ab-1";
  return {
    kind: "instance",
    identifier,
    arn: `arn:aws:rds:eu-central-1:123456789012:snapshot:${identifier}`,
    status: "available",
    source: "app-prod",
    takenAt: "2026-11-01T00:00:00.000Z",
    progress: 100,
    sizeGiB: 20,
    tags: {},
    ...given,
  };
}
