import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { pulumiIn } from "./project.ts";
import { buildPackage, createStockProject, installPackage, run, urlOf } from "./stock-project.ts";

// As `pulumi new typescript` makes it: CommonJS, compiled by Pulumi itself, types found through `types`.
const files: Record<string, string> = {
  "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
  "package.json": JSON.stringify({ name: "shop", main: "index.ts", dependencies: {} }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      module: "commonjs",
      moduleResolution: "node",
      forceConsistentCasingInFileNames: true,
    },
    files: ["index.ts"],
  }),
  "index.ts": `
import * as pulumi from "@pulumi/pulumi";
import { DatabaseCopy, DatabaseMigration, MigrationRun, Verification, noDuplicates, tableExists } from "pulumi-pg-migrations";

const config = new pulumi.Config();
const connection = { url: config.requireSecret("url") };
const migration = new DatabaseMigration("shop", {
  connection,
  migrations: "prisma/migrations",
  backup: { none: "a test" },
  checks: [tableExists("orders"), noDuplicates("orders.number")],
});
class App extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("shop:index:App", name, {}, opts);
    this.registerOutputs();
  }
}
new App("api", { dependsOn: migration });
const again = new MigrationRun("again", { connection, migrations: "prisma/migrations" }, { dependsOn: migration });
const verification = new Verification("orders", { connection, checks: [tableExists("orders")] }, { dependsOn: again });
const copy = new DatabaseCopy("copy", { connection, terminateSessions: true, triggers: ["1"] }, { dependsOn: verification });
export const applied = migration.applied.apply((all) => all.map((one) => one.name));
export const verified = verification.verified;
export const copyId = copy.backup.apply((backup) => backup?.id);
`,
  "prisma/migrations/1_orders/migration.sql": "CREATE TABLE orders (number int);",
};

test("the published package works in a stock project, with no provider package but Pulumi's own", async (t) => {
  const database = await createTestDatabase(t);
  const dir = await createStockProject(t, files);
  await installPackage(await buildPackage(t), join(dir, "node_modules/pulumi-pg-migrations"));
  for (const provider of ["aws", "command", "postgresql"])
    assert.ok(!existsSync(join(dir, "node_modules/@pulumi", provider)), `@pulumi/${provider} is installed`);
  const pulumi = pulumiIn(dir);
  await succeed(pulumi("stack", "init", "test"));
  await succeed(pulumi("config", "set", "--secret", "url", urlOf(database)));

  await run(join(dir, "node_modules/typescript/bin/tsc"), ["--noEmit"], { cwd: dir });
  const applied = await succeed(pulumi("up", "--yes"));

  assert.match(applied, /verified: \[\s+\[0\]: "table orders exists"/);
  assert.deepEqual(await query(database, "SELECT migration_name FROM _prisma_migrations"), [
    { migration_name: "1_orders" },
  ]);
  await succeed(pulumi("preview", "--expect-no-changes"));

  await query(database, "ALTER TABLE orders RENAME TO lost");
  await query(database, "CREATE TABLE orders (number int)");
  await query(database, "INSERT INTO orders VALUES (1), (1)");
  const violated = await pulumi("up", "--yes", "--skip-preview");
  assert.notEqual(violated.exitCode, 0, violated.output);
  assert.match(violated.output, /no duplicates in orders\.number: 1 violation/);

  const copyId = /"(test_\w+_copy_\w+)"/.exec(applied)?.[1] ?? "";
  assert.equal((await query(database, "SELECT FROM pg_database WHERE datname = $1", [copyId])).length, 1);
  await query(database, `DROP DATABASE "${copyId}" WITH (FORCE)`);
});

async function succeed(command: Promise<{ exitCode: number; output: string }>): Promise<string> {
  const { exitCode, output } = await command;
  assert.equal(exitCode, 0, output);
  return output;
}
