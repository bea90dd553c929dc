import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DatabaseMigration, type DatabaseMigrationArgs, tableExists } from "../../../components/index.ts";
import { createTestDatabase } from "../../database.ts";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

async function register(t: TestContext, args: Partial<DatabaseMigrationArgs>): Promise<Registered[]> {
  const database = await createTestDatabase(t);
  const dir = mkdtempSync(join(tmpdir(), "pulumi-pg-migrations-mocks-"));
  t.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, "1_gifts"));
  writeFileSync(join(dir, "1_gifts/migration.sql"), "CREATE TABLE gifts (id int);");
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs: inputs as Record<string, unknown> });
      return { id: `${name}-id`, state: { ...(inputs as object), verified: [] } };
    },
    call: () => ({}),
  });
  const migration = new DatabaseMigration("shop", {
    connection: database,
    migrations: dir,
    backup: { databaseCopy: {} },
    checks: [tableExists("gifts")],
    ...args,
  });
  await new Promise((resolve) => migration.ready.apply(resolve));
  return registered;
}

test("the pipeline registers preflight, copy, run and verification, in this order", async (t) => {
  const registered = await register(t, {});
  const leaves = registered.filter(({ type }) =>
    type.startsWith("pulumi-nodejs:dynamic/pulumi-pg-migrations:"),
  );
  assert.deepEqual(
    leaves.map(({ type, name }) => [type.split(":").at(-1), name]),
    [
      ["Preflight", "shop-preflight-probe"],
      ["DatabaseCopy", "shop-backup-copy"],
      ["MigrationRun", "shop-run-apply"],
      ["Verification", "shop-verification-checks"],
    ],
  );
  for (const { inputs } of leaves) assert.deepEqual(inputs["pending"], ["1_gifts"]);
});

test("without a backup no copy is registered", async (t) => {
  const registered = await register(t, { backup: { none: "a test" } });
  assert.deepEqual(
    registered.filter(({ type }) => type.includes("DatabaseCopy")),
    [],
  );
});

test("options reach the resources, and defaults where there are none", async (t) => {
  const registered = await register(t, { backup: { databaseCopy: { retain: 7 } }, lockTimeoutMs: 500 });
  const inputsOf = (name: string): Record<string, unknown> =>
    registered.find((one) => one.name === name)?.inputs ?? {};
  assert.equal(inputsOf("shop-backup-copy")["retain"], 7);
  assert.equal(inputsOf("shop-backup-copy")["terminateSessions"], false);
  assert.deepEqual(inputsOf("shop-run-apply")["options"], { lockTimeoutMs: 500 });
});
