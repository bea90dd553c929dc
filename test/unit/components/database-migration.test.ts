import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackupArgs, DatabaseMigration, tableExists, Watch } from "../../../components/index.ts";
import { connection, migrations, Provider } from "./given.ts";
import { named, type RecordedResource, recordResources, valueOf, waitsFor } from "./recorded-resources.ts";

const checks = [tableExists("gifts")];

interface Case {
  backup: BackupArgs;
  /** Name of the resource that confirms each backup, in order. */
  confirmed: string[];
}

const cases: Case[] = [
  { backup: { none: "a test" }, confirmed: [] },
  { backup: { databaseCopy: {} }, confirmed: ["app-backup-copy"] },
  { backup: { existing: { databaseCopy: "copy" } }, confirmed: ["app-backup-verified"] },
  { backup: { pointInTimeRecovery: { instance: "app" } }, confirmed: ["app-backup-point"] },
  { backup: { logicalBackup: { target: { directory: "dumps" } } }, confirmed: ["app-backup-archive"] },
  { backup: { rdsSnapshot: { instance: "app" } }, confirmed: ["app-backup-available"] },
  {
    backup: { rdsSnapshot: { instance: "app", proveRestore: true } },
    confirmed: ["app-backup-proof"],
  },
  {
    backup: [{ rdsSnapshot: { instance: "app" } }, { databaseCopy: {} }],
    confirmed: ["app-backup-available", "app-backup-2-copy"],
  },
];

/** Names of the resources of a run, in order. */
const runs = [
  { command: undefined, steps: ["app-run-apply"] },
  { command: "tool", steps: ["app-run-attempt", "app-run-command", "app-run-ledger"] },
];

function inOrder(recorded: RecordedResource[], names: readonly string[]): void {
  for (const [index, name] of names.slice(1).entries()) {
    const before = names[index] ?? "";
    assert.ok(waitsFor(recorded, name, before), `${name} does not wait for ${before}`);
  }
}

for (const { backup, confirmed } of cases)
  for (const { command, steps } of runs) {
    const words = `${JSON.stringify(backup)} and ${command ?? "no command"}`;
    test(`with ${words}, preflight, backups, run and verification follow one another`, async () => {
      const recorded = await recordResources(() => {
        const migration = new DatabaseMigration("app", { connection, migrations, backup, checks, command });
        const { digest, pending } = migration;
        new Watch("watch", { connection, checks, digest, pending }, { dependsOn: migration });
      });
      inOrder(recorded, [
        ...["app-preflight-probe", ...confirmed, ...steps],
        ...["app-verification-checks", "watch-signals"],
      ]);
      const run = named(recorded, steps[0] ?? "");
      assert.equal(run.inputs["requiredBackups"], confirmed.length);
      assert.equal((run.inputs["backups"] as unknown[]).length, confirmed.length);
    });
  }

test("the reason for no backup reaches run and verification", async () => {
  const recorded = await recordResources(
    () => new DatabaseMigration("app", { connection, migrations, backup: { none: "a test" } }),
  );
  for (const name of ["app-run-apply", "app-verification-checks"])
    assert.equal(named(recorded, name).inputs["noBackupReason"], "a test", name);
});

for (const { backup, confirmed } of cases)
  test(`the preflight before ${JSON.stringify(backup)} knows whether the database is copied`, async () => {
    const recorded = await recordResources(
      () => new DatabaseMigration("app", { connection, migrations, backup }),
    );
    const { inputs } = named(recorded, "app-preflight-probe");
    assert.equal(
      inputs["copiesDatabase"],
      confirmed.some((name) => name.endsWith("-copy")),
    );
  });

test("options of the run, the plan and the backup reach their resources", async () => {
  const recorded = await recordResources(
    () =>
      new DatabaseMigration("app", {
        ...{ connection, migrations, checks, createDatabase: true },
        ...{
          backup: { databaseCopy: { retain: 5 } },
          lockTimeoutMs: 7,
          runLockWaitMs: 8,
          outOfOrder: "refuse",
        },
      }),
  );
  const of = (name: string) => named(recorded, name).inputs;
  assert.equal(of("app-preflight-probe")["createDatabase"], true);
  assert.deepEqual(of("app-preflight-probe")["planOptions"], { appliedBy: "package", outOfOrder: "refuse" });
  assert.deepEqual([of("app-backup-copy")["retain"], of("app-backup-copy")["runLockWaitMs"]], [5, 8]);
  assert.deepEqual(of("app-run-apply")["options"], { lockTimeoutMs: 7, runLockWaitMs: 8 });
  for (const name of ["app-run-apply", "app-verification-checks"])
    assert.equal((of(name)["checks"] as unknown[]).length, 1, name);
});

test("explicit providers reach the resources of their packages", async () => {
  const recorded = await recordResources(
    () =>
      new DatabaseMigration(
        "app",
        {
          ...{ connection, migrations, command: "tool" },
          backup: [
            { rdsSnapshot: { instance: "app" } },
            { logicalBackup: { target: { directory: "dumps" } } },
          ],
        },
        { providers: [new Provider("eu", "aws"), new Provider("here", "command")] },
      ),
  );
  assert.deepEqual(
    recorded.flatMap(({ name, provider }) => (provider === "" ? [] : [`${name}: ${provider}`])),
    ["app-backup-snapshot: eu", "app-backup-2-dump: here", "app-run-command: here"],
  );
});

test("what the run and the verification give is what the component gives", async () => {
  const values: Promise<unknown>[] = [];
  await recordResources(
    () => {
      const { applied, version, verified, ready } = new DatabaseMigration("app", {
        ...{ connection, migrations, checks, backup: { none: "a test" } },
      });
      values.push(...[applied, version, verified, ready].map((output) => valueOf<unknown>(output)));
    },
    {
      outputs: {
        MigrationRun: { applied: [{ name: "1", durationMs: 2 }], version: "1" },
        Verification: { verified: ["holds"], verifiedAt: "2026-01-01" },
      },
    },
  );
  const expected = [{ name: "1", durationMs: 2 }];
  assert.deepEqual(await Promise.all(values), [
    ...[expected, "1", { checks: ["holds"], at: "2026-01-01" }],
    true,
  ]);
});
