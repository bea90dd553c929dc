import assert from "node:assert/strict";
import { test } from "node:test";
import type * as pulumi from "@pulumi/pulumi";
import {
  CommandMigrationRun,
  DatabaseCopy,
  ExistingBackup,
  LogicalBackup,
  MigrationRun,
  PointInTimeRecovery,
  Preflight,
  RdsSnapshot,
  Verification,
} from "../../../components/index.ts";
import { component, connection, migrations } from "./given.ts";
import { recordResources, waitsFor } from "./recorded-resources.ts";

const cases: [Component: new (name: string, args: never) => pulumi.ComponentResource, args: object][] = [
  [DatabaseCopy, { connection }],
  [ExistingBackup, { connection, databaseCopy: "copy" }],
  [PointInTimeRecovery, { connection, instance: "app" }],
  [LogicalBackup, { connection, target: { directory: "dumps" } }],
  [RdsSnapshot, { connection, instance: "app", proveRestore: true }],
  [MigrationRun, { connection, migrations }],
  [CommandMigrationRun, { connection, migrations, command: "tool" }],
  [Verification, { connection, checks: [] }],
];

for (const [Component, args] of cases)
  test(`${Component.name} waits for the preflight that it is given, and makes none`, async () => {
    const recorded = await recordResources(() => {
      // It creates the database that the component needs.
      const preflight = new Preflight("preflight", { connection, migrations, createDatabase: true });
      new Component("app", { ...args, preflight } as never);
    });
    const children = recorded.filter(({ parent }) => parent === "app");
    assert.ok(children.length > 0);
    for (const { name } of children) assert.ok(waitsFor(recorded, name, "preflight-probe"), name);
    assert.equal(recorded.filter(({ type }) => type === component("Preflight")).length, 1);
  });
