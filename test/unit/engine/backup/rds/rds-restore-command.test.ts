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
    engineVersion: "17.5",
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
      port: 5432,
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
