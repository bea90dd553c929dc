import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  CommandMigrationRun,
  DatabaseCopy,
  DatabaseMigration,
  ExistingBackup,
  LogicalBackup,
  MigrationRun,
  PointInTimeRecovery,
  Preflight,
  RdsRestore,
  RdsSnapshot,
  Verification,
  Watch,
} from "../../../components/index.ts";
import { mockedRdsDatabase } from "../../../components/mocked-backup.ts";
import { component, connection, dynamic, migrations, Network, password } from "./given.ts";
import { named, type RecordedResource, recordResources, treeOf, waitsFor } from "./recorded-resources.ts";

interface Case {
  Component: new (
    name: string,
    args: never,
    opts?: pulumi.ComponentResourceOptions,
  ) => pulumi.ComponentResource;
  args: object;
  /** Type and name of each child. */
  children: [type: string, name: string][];
  /** Names of what the component registers as its outputs. */
  outputs: string[];
}

const triggers = ["1"];

const cases: Case[] = [
  {
    Component: Preflight,
    args: { connection, migrations },
    children: [[dynamic("Preflight"), "app-probe"]],
    outputs: ["serverVersion"],
  },
  {
    Component: MigrationRun,
    args: { connection, migrations },
    children: [
      [component("Preflight"), "app-preflight"],
      [dynamic("MigrationRun"), "app-apply"],
    ],
    outputs: ["applied", "digest", "version"],
  },
  {
    Component: CommandMigrationRun,
    args: { connection, migrations, command: "tool" },
    children: [
      [component("Preflight"), "app-preflight"],
      [dynamic("CommandAttempt"), "app-attempt"],
      ["command:local:Command", "app-command"],
      [dynamic("CommandRun"), "app-ledger"],
    ],
    outputs: ["applied", "digest", "version"],
  },
  {
    Component: Verification,
    args: { connection, checks: [] },
    children: [[dynamic("Verification"), "app-checks"]],
    outputs: ["verified"],
  },
  {
    Component: Watch,
    args: { connection, checks: [], digest: "1", pending: [] },
    children: [[dynamic("Watch"), "app-signals"]],
    outputs: ["looks"],
  },
  {
    Component: DatabaseCopy,
    args: { connection, triggers },
    children: [[dynamic("DatabaseCopy"), "app-copy"]],
    outputs: ["backup"],
  },
  {
    Component: ExistingBackup,
    args: { connection, databaseCopy: "copy" },
    children: [[dynamic("ExistingBackup"), "app-verified"]],
    outputs: ["backup"],
  },
  {
    Component: PointInTimeRecovery,
    args: { connection, instance: "app", triggers },
    children: [[dynamic("RestorePoint"), "app-point"]],
    outputs: ["backup"],
  },
  {
    Component: LogicalBackup,
    args: { connection, target: { directory: "dumps" }, shadow: connection, triggers },
    children: [
      [dynamic("BackupIdentity"), "app-identity"],
      ["command:local:Command", "app-dump"],
      [dynamic("LogicalBackup"), "app-archive"],
    ],
    outputs: ["backup"],
  },
  {
    Component: RdsSnapshot,
    args: { connection, instance: "app", proveRestore: true, triggers },
    children: [
      [dynamic("BackupIdentity"), "app-identity"],
      ["aws:rds/snapshot:Snapshot", "app-snapshot"],
      [dynamic("RdsSnapshot"), "app-available"],
      [dynamic("RdsSnapshotRetention"), "app-retention"],
      [dynamic("RdsRestoreProof"), "app-proof"],
    ],
    outputs: ["backup"],
  },
  {
    Component: RdsRestore,
    args: { kind: "instance", identifier: "new", snapshot: "old", from: mockedRdsDatabase },
    children: [["aws:rds/instance:Instance", "app-instance"]],
    outputs: ["host", "port"],
  },
  {
    Component: DatabaseMigration,
    args: { connection, migrations, backup: { databaseCopy: {} } },
    children: [
      [component("Preflight"), "app-preflight"],
      [component("DatabaseCopy"), "app-backup"],
      [component("MigrationRun"), "app-run"],
      [component("Verification"), "app-verification"],
    ],
    outputs: ["applied", "backups", "digest", "version"],
  },
];

for (const { Component, args, children, outputs } of cases) {
  const bringUp = (optionsOf: () => pulumi.ComponentResourceOptions = () => ({})) =>
    recordResources(() => new Component("app", args as never, optionsOf()), {
      outputs: { Instance: { address: "db.example", port: 5432 } },
    });

  let withoutOptions: Promise<RecordedResource[]> | undefined;
  const bringUpOnce = () => (withoutOptions ??= bringUp());

  test(`${Component.name} registers its children under itself`, async () => {
    const recorded = await bringUpOnce();
    assert.equal(named(recorded, "app").type, component(Component.name));
    assert.deepEqual(
      treeOf(recorded).filter((line) => line.endsWith(" in app")),
      children.map(([type, name]) => `${type} ${name} in app`).sort(),
    );
  });

  test(`${Component.name} registers its outputs`, async () => {
    assert.deepEqual(named(await bringUpOnce(), "app").outputs, outputs);
  });

  test(`${Component.name} keeps its inputs out of its own state`, async () => {
    assert.deepEqual(named(await bringUpOnce(), "app").inputs, {});
  });

  if ("connection" in args)
    test(`${Component.name} hands the password over as a secret only`, async () => {
      const recorded = await bringUpOnce();
      for (const { name, inputs, secrets } of recorded)
        for (const [input, value] of Object.entries(inputs))
          if (!secrets.includes(input))
            assert.ok(!JSON.stringify([value]).includes(password), `${input} of ${name}`);
      assert.ok(JSON.stringify(recorded).includes(password), "the password reaches no resource");
    });

  test(`${Component.name}: all of its resources wait for its dependsOn`, async () => {
    const recorded = await bringUp(() => ({ dependsOn: new Network("network") }));
    for (const { name } of recorded.filter(({ parent }) => parent !== ""))
      assert.ok(waitsFor(recorded, name, "network"), name);
  });

  test(`${Component.name} passes protect on, and nothing is protected without it`, async () => {
    for (const protect of [true, false])
      for (const resource of await bringUp(() => ({ protect })))
        assert.equal(resource.protect, protect, resource.name);
  });

  // Pulumi's engine renames the children with their parent.
  test(`${Component.name} has its aliases itself, and its children none`, async () => {
    for (const { name, aliases } of await bringUp(() => ({ aliases: [{ name: "before" }] })))
      assert.deepEqual(aliases, name === "app" ? ["before"] : [], name);
  });
}
