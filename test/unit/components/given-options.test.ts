import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import {
  type BackupArgs,
  type BackupMethodArgs,
  CommandMigrationRun,
  DatabaseCopy,
  DatabaseMigration,
  ExistingBackup,
  type ExistingBackupOptions,
  LogicalBackup,
  type LogicalBackupOptions,
  MigrationRun,
  noDuplicates,
  PointInTimeRecovery,
  Preflight,
  RdsRestore,
  RdsSnapshot,
  Verification,
  Watch,
} from "../../../components/index.ts";

type Component = new (name: string, args: never) => pulumi.ComponentResource;

const connection = { host: "localhost", database: "app" };
const [migrations, checks, backup] = ["migrations", [], { none: "a test" }];

/** What is said of arguments as somebody without a compiler writes them. */
function problemOf(component: Component, args: unknown): string {
  try {
    new component("app", args as never);
  } catch (error) {
    assert.ok(pulumi.RunError.isInstance(error), String(error));
    return error.message;
  }
  throw new Error("The arguments were accepted.");
}

const complete: [Component, object][] = [
  [DatabaseMigration, { connection, migrations, backup }],
  [MigrationRun, { connection, migrations }],
  [CommandMigrationRun, { connection, migrations, command: "tool" }],
  [Preflight, { connection, migrations }],
  [Verification, { connection, checks }],
  [Watch, { connection, checks, digest: "1", pending: [] }],
  [DatabaseCopy, { connection }],
  [LogicalBackup, { connection, target: { directory: "dumps" } }],
  [ExistingBackup, { databaseCopy: "copy" }],
  [PointInTimeRecovery, { instance: "app" }],
  [RdsSnapshot, { instance: "app" }],
  [RdsRestore, { kind: "instance", identifier: "new", snapshot: "old", from: {} }],
];

for (const [component, args] of complete)
  test(`${component.name} names an option that it does not have, and what is missing`, () => {
    assert.match(
      problemOf(component, { ...args, misspelt: true }),
      new RegExp(
        `^The arguments of ${component.name} app cannot be used\\. Nothing was done:\\n {2}there is no option misspelt; the options are `,
      ),
    );
    assert.match(
      problemOf(component, undefined),
      /cannot be used\. Nothing was done:\n {2}[^]*(is missing|give one of)/,
    );
    assert.doesNotMatch(problemOf(component, undefined), /Cannot read properties/);
  });

test("an option within options is read as well", () => {
  const of = (args: object): string =>
    problemOf(DatabaseMigration, { connection, migrations, backup, ...args });
  assert.match(
    of({ backup: { databaseCopy: { retian: 3 } } }),
    /\n {2}backup\.databaseCopy: there is no option retian; the options are maintenanceDatabase, retain, terminateSessions$/,
  );
  assert.match(
    of({ backup: { databaseCopy: { retain: "3" } } }),
    /\n {2}backup\.databaseCopy\.retain: .*expected number/,
  );
  assert.match(of({ backup: { databsaeCopy: {} } }), /backup: there is no option databsaeCopy; .*none/);
  assert.match(
    of({ connection: { hots: "db", database: "app" } }),
    /\n {2}connection: there is no option hots; /,
  );
  assert.match(of({ edited: "refused" }), /\n {2}edited: .*"refuse"/);
  assert.match(
    of({ command: { command: "tool", enviroment: {} } }),
    /command: there is no option enviroment/,
  );
  assert.match(of({ lockTimeoutMs: NaN }), /\n {2}lockTimeoutMs: /);
  assert.match(of({ backup: [] }), /\n {2}backup: the list is empty; name the backups/);
});

test("members that exclude each other are refused", () => {
  const of = (given: unknown): string =>
    problemOf(DatabaseMigration, { connection, migrations, backup: given });
  const both = /backup: databaseCopy and none exclude each other: give one of them/;
  assert.match(of({ none: "a test", databaseCopy: {} }), both);
  assert.match(
    of({ databaseCopy: {}, existing: { databaseCopy: "c" } }),
    /databaseCopy and existing exclude/,
  );
  assert.match(
    of([{ databaseCopy: {}, rdsSnapshot: { instance: "a" } }]),
    /backup\.0: rdsSnapshot and databaseCopy/,
  );
  assert.match(
    of({ rdsSnapshot: { instance: "a", cluster: "b" } }),
    /rdsSnapshot: instance and cluster exclude/,
  );
  assert.match(
    of({ logicalBackup: { target: { directory: "d", bucket: "b" } } }),
    /logicalBackup\.target: directory and bucket exclude/,
  );
  assert.match(
    problemOf(ExistingBackup, { databaseCopy: "c", logicalBackup: "d" }),
    /logicalBackup and databaseCopy/,
  );
  const preflight = {};
  assert.match(
    problemOf(DatabaseCopy, { connection, preflight, triggers: ["1"] }),
    /both preflight and triggers/,
  );
  assert.match(
    problemOf(MigrationRun, { connection, migrations, preflight, edited: "refuse" }),
    /both preflight and edited\. .*give these to the preflight/,
  );
  assert.match(
    problemOf(DatabaseMigration, { connection, migrations, backup, command: "tool", lockTimeoutMs: 1 }),
    /lockTimeoutMs cannot be given together with command/,
  );
});

test("an option that a check does not have is named", () => {
  const options = { severty: "warn" } as object;
  assert.throws(
    () => noDuplicates("a.b", options),
    /noDuplicates has no option severty; the options are name, /,
  );
});

test("the types refuse two of what excludes each other", () => {
  // @ts-expect-error: a backup, and none
  const noneAndCopy: BackupArgs = { none: "a test", databaseCopy: {} };
  // @ts-expect-error: two methods in one object
  const twoMethods: BackupMethodArgs = { databaseCopy: {}, rdsSnapshot: { instance: "app" } };
  // @ts-expect-error: two places
  const twoTargets: LogicalBackupOptions = { target: { directory: "dumps", bucket: "dumps" } };
  // @ts-expect-error: two backups
  const twoBackups: ExistingBackupOptions = { databaseCopy: "copy", logicalBackup: "dump" };
  assert.ok([noneAndCopy, twoMethods, twoTargets, twoBackups].every((given) => typeof given === "object"));
});
