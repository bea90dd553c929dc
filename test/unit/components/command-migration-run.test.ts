import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { CommandMigrationRun } from "../../../components/index.ts";
import { connection, migrations, Provider } from "./given.ts";
import { named, recordResources, waitsFor } from "./recorded-resources.ts";

const args = { connection, migrations, command: "tool" };

test("CommandMigrationRun looks at the database, counts an attempt, runs the tool, then reads the ledger", async () => {
  const recorded = await recordResources(() => new CommandMigrationRun("app", args));
  for (const [name, before] of [
    ["app-attempt", "app-preflight-probe"],
    ["app-command", "app-attempt"],
    ["app-ledger", "app-command"],
  ] as const)
    assert.ok(waitsFor(recorded, name, before), name);
});

test("CommandMigrationRun keeps the tool's environment secret", async () => {
  const environment = { TOKEN: "open-sesame" };
  const recorded = await recordResources(() => new CommandMigrationRun("app", { ...args, environment }));
  const { secrets, inputs } = named(recorded, "app-command");
  assert.deepEqual(secrets, ["stdin"]);
  assert.ok(String(inputs["stdin"]).includes("open-sesame"));
  const plain = recorded.flatMap((one) =>
    Object.entries(one.inputs).filter(([input]) => !one.secrets.includes(input)),
  );
  assert.ok(!JSON.stringify(plain).includes("open-sesame"));
});

test("CommandMigrationRun: a secret command stays secret", async () => {
  const command = pulumi.secret("tool --token open-sesame");
  const recorded = await recordResources(() => new CommandMigrationRun("app", { ...args, command }));
  assert.ok(named(recorded, "app-command").secrets.includes("create"));
  assert.ok(named(recorded, "app-ledger").secrets.includes("command"));
});

for (const [folder, ignored] of [
  [migrations, []],
  ["nowhere", ["create", "environment", "stdin", "triggers"]],
] as const)
  test(`CommandMigrationRun of ${folder} ignores changes of ${ignored.join() || "nothing"}`, async () => {
    const recorded = await recordResources(
      () => new CommandMigrationRun("app", { ...args, migrations: folder }),
    );
    assert.deepEqual(named(recorded, "app-command").ignoreChanges, ignored);
  });

test("CommandMigrationRun runs the tool by the command provider of the program", async () => {
  const recorded = await recordResources(
    () => new CommandMigrationRun("app", args, { providers: [new Provider("here", "command")] }),
  );
  assert.equal(named(recorded, "app-command").provider, "here");
});
