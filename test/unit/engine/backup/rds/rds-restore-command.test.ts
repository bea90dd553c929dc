import assert from "node:assert/strict";
import { test } from "node:test";
import type { RdsDatabase } from "../../../../../engine/aws/rds-database.ts";
import { rdsRestoreCommand } from "../../../../../engine/backup/rds/rds-restore-command.ts";

function database(kind: RdsDatabase["kind"], identifier: string): RdsDatabase {
  return {
    kind,
    identifier,
    arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
    status: "available",
    engine: kind === "cluster" ? "aurora-postgresql" : "postgres",
    encrypted: true,
    backupRetentionDays: 7,
    latestRestorableTime: undefined,
    allocatedStorageGiB: 20,
    maxAllocatedStorageGiB: undefined,
    endpoint: undefined,
    placement: {
      instanceClass: "db.m7g.large",
      subnetGroup: "private",
      securityGroups: ["sg-1", "sg-2"],
      parameterGroup: "tuned",
      multiAz: true,
      publiclyAccessible: false,
    },
  };
}

test("what is restored has identifiers that AWS accepts, however long the original's is", () => {
  for (const kind of ["instance", "cluster"] as const)
    for (const original of ["app", "a".repeat(63), `${"a".repeat(51)}-bcdefghijkl`]) {
      const command = rdsRestoreCommand(database(kind, original), { snapshot: "before" });
      const made = [...command.matchAll(/--db-(?:instance|cluster)-identifier (\S+)/g)];
      assert.ok(made.length >= 2);
      for (const [, identifier = ""] of made) {
        assert.match(identifier, /^[a-z](-?[a-z0-9])*$/);
        assert.ok(identifier.length <= 63, identifier);
      }
    }
});

test("a Multi-AZ cluster comes with its members, an Aurora cluster gets one once it is available", () => {
  const aurora = database("cluster", "app");
  const multiAz = database("cluster", "app");
  multiAz.engine = "postgres";
  multiAz.placement.members = { instanceClass: "db.m6gd.large", storageType: "io1", iops: 3000 };
  for (const point of [{ snapshot: "before" }, { time: "2026-11-21T10:00:00Z" }]) {
    const command = rdsRestoreCommand(multiAz, point);
    assert.match(command, /--db-cluster-instance-class db.m6gd.large --storage-type io1 --iops 3000/);
    assert.match(command, /wait db-cluster-available --db-cluster-identifier app-restored$/);
    assert.doesNotMatch(command, /create-db-instance/);
    assert.match(rdsRestoreCommand(aurora, point), /wait db-cluster-available .* create-db-instance /);
  }
});

test("a serverless cluster keeps its capacity, without which AWS refuses its instance", () => {
  const aurora = database("cluster", "app");
  aurora.placement.serverless = { min: 0.5, max: 8 };
  assert.match(
    rdsRestoreCommand(aurora, { snapshot: "before" }),
    /restore-db-cluster-from-snapshot .*--serverless-v2-scaling-configuration MinCapacity=0.5,MaxCapacity=8 &&/,
  );
});
