import assert from "node:assert/strict";
import { test } from "node:test";
import { LogicalBackup, Preflight } from "../../../components/index.ts";
import { connection, migrations, password, Provider } from "./given.ts";
import { named, recordResources } from "./recorded-resources.ts";

const args = { connection, target: { directory: "dumps" } };

test("LogicalBackup decides on an identity, dumps, then confirms the archive", async () => {
  const recorded = await recordResources(() => new LogicalBackup("app", args));
  for (const [name, dependencies] of Object.entries({
    "app-identity": [],
    "app-dump": ["app-identity"],
    "app-archive": ["app-dump", "app-identity"],
  }))
    assert.deepEqual(named(recorded, name).dependencies, dependencies, name);
});

test("LogicalBackup keeps the archive when the stack is destroyed", async () => {
  const recorded = await recordResources(() => new LogicalBackup("app", args));
  assert.equal(named(recorded, "app-archive").retainOnDelete, true);
});

test("LogicalBackup hands the password to pg_dump in a secret environment", async () => {
  const { inputs, secrets } = named(await recordResources(() => new LogicalBackup("app", args)), "app-dump");
  assert.deepEqual(secrets, ["environment"]);
  assert.ok(Object.values(inputs["environment"] as object).includes(password));
});

for (const [folder, ignored] of [
  [migrations, []],
  ["nowhere", ["environment"]],
] as const)
  test(`LogicalBackup before the migrations of ${folder} ignores changes of ${ignored.join() || "nothing"}`, async () => {
    const recorded = await recordResources(() => {
      const preflight = new Preflight("preflight", { connection, migrations: folder });
      new LogicalBackup("app", { ...args, preflight });
    });
    assert.deepEqual(named(recorded, "app-dump").ignoreChanges, ignored);
  });

test("LogicalBackup dumps by the command provider of the program", async () => {
  const recorded = await recordResources(
    () => new LogicalBackup("app", args, { providers: [new Provider("here", "command")] }),
  );
  assert.equal(named(recorded, "app-dump").provider, "here");
});
