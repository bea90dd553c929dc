import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  type BackupArgs,
  DatabaseMigration,
  type DatabaseMigrationArgs,
  tableExists,
  Watch,
} from "../../../components/index.ts";
import { connection, migrations } from "./given.ts";
import { recordResources, valueOf } from "./recorded-resources.ts";

interface Outputs {
  ready: boolean;
  applied: { name: string }[];
  version: string | undefined;
  backups: { id: string }[];
  pending: string[];
  looks: number;
}

/** Brings a program up as users' unit tests do. `echoes`: whether the mocks give inputs as outputs. */
async function bringUp(
  args: Partial<DatabaseMigrationArgs>,
  { echoes }: { echoes: boolean },
): Promise<Outputs> {
  return new Promise((resolve, reject) => {
    recordResources(
      () => {
        const migration = new DatabaseMigration("app", {
          ...{ connection, migrations, backup: { none: "a test" }, checks: [tableExists("gifts")] },
          ...args,
        });
        const { ready, applied, version, backups, pending, digest } = migration;
        const { looks } = new Watch(
          "watch",
          { connection, checks: [], digest, pending },
          { dependsOn: migration },
        );
        const outputs = pulumi.all([ready, applied, version, backups, pending, looks]);
        resolve(
          valueOf(
            outputs.apply(([isReady, all, newest, taken, names, number]) => ({
              ...{ ready: isReady, applied: all, version: newest, backups: taken, pending: names },
              looks: number,
            })),
          ),
        );
      },
      { echoes },
    ).catch(reject);
  });
}

const backups: BackupArgs[] = [
  { none: "a test" },
  { databaseCopy: {} },
  { existing: { databaseCopy: "copy" } },
  { pointInTimeRecovery: { instance: "app" } },
  { logicalBackup: { target: { directory: "dumps" } } },
  { rdsSnapshot: { instance: "app", proveRestore: true } },
];

for (const echoes of [true, false]) {
  const mocks = `mocks that give ${echoes ? "inputs" : "nothing"}`;

  for (const backup of backups)
    test(`under ${mocks}, outputs with the backup ${Object.keys(backup).join()} have values`, async () => {
      const outputs = await bringUp({ backup }, { echoes });
      const { pending } = outputs;
      assert.ok(pending.length > 0);
      assert.deepEqual(
        outputs.applied.map(({ name }) => name),
        pending,
      );
      assert.deepEqual([outputs.ready, outputs.version, outputs.looks], [true, pending.at(-1), 1]);
      assert.equal(outputs.backups.length, "none" in backup ? 0 : 1);
      assert.ok(outputs.backups.every(({ id }) => id !== ""));
    });

  test(`under ${mocks}, a tool of the team's own has applied everything`, async () => {
    const { ready, applied, pending } = await bringUp({ command: "tool" }, { echoes });
    assert.deepEqual([ready, applied], [true, pending.map((name) => ({ name }))]);
  });
}

test("under mocks, a folder that is not there has nothing pending", async () => {
  assert.deepEqual((await bringUp({ migrations: "nowhere" }, { echoes: true })).pending, []);
});
