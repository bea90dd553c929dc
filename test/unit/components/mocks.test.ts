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

const migrations = "test/folders/goose";

// Nobody answers there.
const connection = { host: "127.0.0.1", port: 1, database: "app", user: "nobody" };

interface Outputs {
  types: string[];
  ready: boolean;
  applied: { name: string }[];
  version: string | undefined;
  backups: { id: string }[];
  pending: string[];
}

/** Brings a program up as users' unit tests do. `echoes`: whether the mocks give inputs as outputs. */
async function bringUp(
  args: Partial<DatabaseMigrationArgs>,
  { echoes }: { echoes: boolean },
): Promise<Outputs> {
  const types: string[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      types.push(type.split(":").at(-1) ?? "");
      return { id: `${name}-id`, state: echoes ? (inputs as object) : {} };
    },
    call: () => ({}),
  });
  const migration = new DatabaseMigration("app", {
    ...{ connection, migrations, backup: { none: "a test" }, checks: [tableExists("gifts")] },
    ...args,
  });
  const { ready, applied, version, backups, pending, digest } = migration;
  const watch = new Watch("watch", { connection, checks: [], digest, pending }, { dependsOn: migration });
  return new Promise((resolve) => {
    pulumi
      .all([ready, applied, version, backups, pending, watch.looks])
      .apply(([isReady, all, newest, taken, names, looks]) => {
        assert.equal(looks, 1);
        resolve({ types, ready: isReady, applied: all, version: newest, backups: taken, pending: names });
      });
  });
}

const backups: [BackupArgs, string[]][] = [
  [{ none: "a test" }, []],
  [{ databaseCopy: {} }, ["DatabaseCopy"]],
  [{ existing: { databaseCopy: "copy" } }, ["ExistingBackup"]],
  [{ pointInTimeRecovery: { instance: "app" } }, ["RestorePoint"]],
  [{ logicalBackup: { target: { directory: "dumps" } } }, ["BackupIdentity", "Command", "LogicalBackup"]],
  [
    { rdsSnapshot: { instance: "app", proveRestore: true } },
    ["BackupIdentity", "Snapshot", "RdsSnapshot", "RdsSnapshotRetention", "RdsRestoreProof"],
  ],
];

for (const [backup, expected] of backups)
  for (const echoes of [true, false])
    test(`under mocks that ${echoes ? "give inputs" : "give nothing"}, ${Object.keys(backup).join()} registers all of its resources`, async () => {
      const {
        types,
        ready,
        applied,
        version,
        backups: taken,
        pending,
      } = await bringUp({ backup }, { echoes });
      for (const type of ["Preflight", ...expected, "MigrationRun", "Verification", "Watch"])
        assert.ok(types.includes(type), `${type} of ${types.join()}`);
      assert.ok(pending.length > 0);
      assert.deepEqual(
        applied.map(({ name }) => name),
        pending,
      );
      assert.deepEqual([ready, version], [true, pending.at(-1)]);
      assert.equal(taken.length, "none" in backup ? 0 : 1);
      assert.ok(taken.every(({ id }) => id !== ""));
    });

test("under mocks, a tool of the team's own registers all of its resources", async () => {
  for (const echoes of [true, false]) {
    const { types, ready } = await bringUp({ command: "tool" }, { echoes });
    for (const type of ["CommandAttempt", "Command", "CommandRun"])
      assert.ok(types.includes(type), types.join());
    assert.equal(ready, true);
  }
});

test("under mocks, a folder that is not there has nothing pending", async () => {
  assert.deepEqual((await bringUp({ migrations: "nowhere" }, { echoes: true })).pending, []);
});
