import assert from "node:assert/strict";
import { test } from "node:test";
import type { RdsDatabase } from "../../../../../engine/aws/rds-database.ts";
import { readinessOf, type RdsRequirements } from "../../../../../engine/backup/rds/rds-readiness.ts";

const now = new Date("2026-11-21T10:00:00Z");
const gibibyte = 1024 ** 3;

const ready: RdsDatabase = {
  kind: "instance",
  identifier: "app-prod",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:app-prod",
  status: "available",
  engine: "postgres",
  encrypted: true,
  backupRetentionDays: 7,
  latestRestorableTime: "2026-11-21T09:56:00.000Z",
  allocatedStorageGiB: 100,
  maxAllocatedStorageGiB: undefined,
  endpoint: { host: "app-prod.example", port: 5432 },
  placement: {
    instanceClass: "db.m7g.large",
    subnetGroup: "private",
    securityGroups: ["sg-1"],
    parameterGroup: "tuned",
    multiAz: true,
    publiclyAccessible: false,
  },
};

function problems(
  database: Partial<RdsDatabase>,
  requirements: RdsRequirements = {},
  freeBytes = 50 * gibibyte,
) {
  return readinessOf({ ...ready, ...database }, requirements, { freeBytes, now }).problems;
}

test("a database that is fit has no problems", () => {
  assert.deepEqual(readinessOf(ready, {}, { freeBytes: 50 * gibibyte, now }), { problems: [], warnings: [] });
  assert.deepEqual(problems({ status: "storage-optimization" }), []);
});

test("each requirement that is not met is one problem, which names the figures", () => {
  const [modifying] = problems({ status: "modifying" });
  assert.match(modifying ?? "", /app-prod is modifying/);
  const [off] = problems({ backupRetentionDays: 0 });
  assert.match(off ?? "", /has no automated backups; 1 day are required.*restarts the database/);
  const [short] = problems({}, { minBackupRetentionDays: 14 });
  assert.match(short ?? "", /for 7 days; 14 days/);
  const [late] = problems({ latestRestorableTime: "2026-11-21T09:00:00.000Z" });
  assert.match(late ?? "", /only up to 2026-11-21T09:00:00.000Z, which is 60 minutes ago; 30 are allowed/);
  const [never] = problems({ latestRestorableTime: undefined });
  assert.match(never ?? "", /cannot be restored to any point in time yet/);
  const [clear] = problems({ encrypted: false });
  assert.match(clear ?? "", /is not encrypted/);
  const [full] = problems({}, {}, 4.5 * gibibyte);
  assert.match(full ?? "", /has 4\.5 GiB of 100 GiB free \(4 %\); 10 % are required/);
  assert.equal(problems({ status: "modifying", encrypted: false, backupRetentionDays: 0 }).length, 3);
});

test("point-in-time recovery serves while AWS is taking a backup, and nothing else is said of snapshots", () => {
  const at = (status: string) =>
    readinessOf({ ...ready, status }, {}, { now, takesSnapshot: false }).problems.join();
  assert.equal(at("backing-up"), "");
  assert.match(problems({ status: "backing-up" }).join(), /AWS takes a snapshot only while it is available/);
  assert.match(
    at("storage-full"),
    /^The instance app-prod is storage-full, not available\. Run pulumi up again/,
  );
});

test("each requirement can be waived", () => {
  assert.deepEqual(
    problems(
      { backupRetentionDays: 0, encrypted: false, latestRestorableTime: undefined },
      { minBackupRetentionDays: 0, encrypted: false, maxRestorableLagMinutes: 0, minFreeStoragePercent: 0 },
      0,
    ),
    [],
  );
});

test("storage that grows by itself is a warning only, and a cluster has none to look at", () => {
  const low = { freeBytes: gibibyte, now };
  const { problems: none, warnings } = readinessOf({ ...ready, maxAllocatedStorageGiB: 500 }, {}, low);
  assert.deepEqual(none, []);
  assert.match(warnings[0] ?? "", /can grow automatically up to 500 GiB/);
  assert.deepEqual(readinessOf({ ...ready, kind: "cluster" }, {}, low), { problems: [], warnings: [] });
});
