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
  Verification,
  Watch,
} from "../../../components/index.ts";
import { connection, migrations } from "./given.ts";
import { recordResources, valueOf } from "./recorded-resources.ts";

type Component = new (name: string, args: never) => pulumi.ComponentResource;

interface Case {
  Component: Component;
  args: object;
  /** The last part of the type of the resource that has the outputs. */
  resource: string;
  outputs: Record<string, unknown>;
  /** Default: those of the resource. */
  expected?: Record<string, unknown>;
}

const [checks, backup] = [[], { id: "taken", method: "databaseCopy" }];
const target = { directory: "dumps" };
const run = { applied: [{ name: "1", durationMs: 2 }], version: "1", digest: "abc" };
const verified = { verified: ["holds"], verifiedAt: "2026-01-01" };

const cases: Case[] = [
  {
    ...{ Component: Preflight, args: { connection, migrations }, resource: "Preflight" },
    outputs: { serverVersion: "15.2" },
  },
  {
    ...{ Component: MigrationRun, args: { connection, migrations }, resource: "MigrationRun" },
    outputs: run,
  },
  {
    ...{ Component: CommandMigrationRun, resource: "CommandRun" },
    args: { connection, migrations, command: "tool" },
    outputs: { ...run, applied: ["1"] },
  },
  {
    ...{ Component: Verification, args: { connection, checks }, resource: "Verification" },
    outputs: { ...verified, isStale: false },
    expected: { ...verified, ready: true },
  },
  {
    ...{ Component: Verification, args: { connection, checks }, resource: "Verification" },
    outputs: { ...verified, isStale: true },
    expected: { ...verified, ready: false },
  },
  {
    ...{ Component: Watch, resource: "Watch", outputs: { looks: 40 } },
    args: { connection, checks, digest: "1", pending: [] },
  },
  {
    ...{ Component: DatabaseCopy, args: { connection }, resource: "DatabaseCopy" },
    outputs: { backup },
  },
  {
    ...{ Component: ExistingBackup, args: { databaseCopy: "copy" }, resource: "ExistingBackup" },
    outputs: { backup },
  },
  {
    ...{ Component: LogicalBackup, args: { connection, target }, resource: "LogicalBackup" },
    outputs: { backup },
  },
  {
    ...{ Component: PointInTimeRecovery, args: { instance: "app" }, resource: "RestorePoint" },
    outputs: { backup, restoreSource: { identifier: "app" } },
    expected: { backup, source: { identifier: "app" } },
  },
];

for (const { Component, args, resource, outputs, expected = outputs } of cases)
  test(`${Component.name} gives ${JSON.stringify(expected)} as its resource does`, async () => {
    const values: Promise<[string, unknown]>[] = [];
    await recordResources(
      () => {
        const given = new Component("app", args as never) as unknown as Record<
          string,
          pulumi.Output<unknown>
        >;
        for (const name of Object.keys(expected)) {
          const output = given[name];
          assert.ok(output);
          values.push(valueOf(output).then((value) => [name, value]));
        }
      },
      // A component has the same last part of its type, and reads none of these outputs.
      { outputs: { [resource]: outputs } },
    );
    assert.deepEqual(Object.fromEntries(await Promise.all(values)), expected);
  });
