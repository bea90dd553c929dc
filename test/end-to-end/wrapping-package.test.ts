import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { pulumiIn } from "./project.ts";
import { buildPackage, createStockProject, installPackage, urlOf } from "./stock-project.ts";

const root = join(import.meta.dirname, "../..");

/** The team's own package: one component, which holds what this package offers. */
const wrapper = {
  "package.json": JSON.stringify({
    name: "@team/database",
    version: "1.0.0",
    dependencies: { "pulumi-pg-migrations": "*" },
  }),
  "index.js": `
const pulumi = require("@pulumi/pulumi");
const { CommandMigrationRun, DatabaseMigration } = require("pulumi-pg-migrations");
class Database extends pulumi.ComponentResource {
  constructor(name, { url }) {
    super("team:index:Database", name);
    const connection = { url };
    const migration = new DatabaseMigration(
      name, { connection, migrations: "migrations", backup: { none: "a test" } }, { parent: this });
    new CommandMigrationRun(
      name, { connection, migrations: "rails", format: "files", command: "echo started > started" },
      { parent: this, dependsOn: migration });
    this.registerOutputs();
  }
}
module.exports = { Database };
`,
};

const files = {
  "Pulumi.yaml": "name: shop\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  "package.json": JSON.stringify({ name: "shop", main: "index.js", dependencies: { "@team/database": "*" } }),
  "index.js": `
const pulumi = require("@pulumi/pulumi");
const { Database } = require("@team/database");
new Database("shop", { url: new pulumi.Config().requireSecret("url") });
`,
  "migrations/1_orders/migration.sql": "CREATE TABLE orders (number int);",
  "rails/1.rb": "",
};

test("a team's own package brings this one under pnpm", async (t) => {
  const database = await createTestDatabase(t);
  const dir = await createWrappedProject(t);
  const pulumi = pulumiIn(dir);
  await succeed(pulumi("stack", "init", "test"));
  await succeed(pulumi("config", "set", "--secret", "url", urlOf(database)));

  await succeed(pulumi("up", "--yes"));
  assert.equal((await query(database, "SELECT FROM _prisma_migrations")).length, 1);
  assert.ok(existsSync(join(dir, "started")), "the tool ran");
  await succeed(pulumi("preview", "--expect-no-changes"));
  await succeed(pulumi("refresh", "--yes", "--expect-no-changes"));
  const state = await succeed(pulumi("stack", "export", "--show-secrets"));
  const providers = state
    .split("\n")
    .filter((line) => line.includes("exports.handler"))
    .join("\n");
  assert.match(providers, /pulumi-pg-migrations\/resources/);
  assert.ok(!providers.includes(dir), "a path is in state");

  // The program says nothing of the package that brings this one: nothing leads to it.
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "shop", main: "index.js" }));
  const missing = await pulumi("preview");
  assert.notEqual(missing.exitCode, 0, missing.output);
  assert.match(
    missing.output,
    /The package pulumi-pg-migrations cannot be loaded from the program's folder .* Pulumi loads it from there, even if another package uses it\. Install the program's packages\. If it is still missing, make it a dependency of the program:\s+npm install pulumi-pg-migrations\s+pnpm add pulumi-pg-migrations/,
  );
  await symlink(storeOf(dir, "pulumi-pg-migrations"), join(dir, "node_modules/pulumi-pg-migrations"));
  await succeed(pulumi("preview", "--expect-no-changes"));
  await succeed(pulumi("destroy", "--yes"));
});

/** A program that depends on the team's package alone, with node_modules as pnpm makes it if it hoists nothing. */
async function createWrappedProject(t: TestContext): Promise<string> {
  const dir = await createStockProject(t, files);
  await symlink(join(root, "node_modules/@pulumi/command"), join(dir, "node_modules/@pulumi/command"));
  await installPackage(await buildPackage(t), storeOf(dir, "pulumi-pg-migrations"));
  const place = storeOf(dir, "@team/database");
  await mkdir(place, { recursive: true });
  for (const [name, text] of Object.entries(wrapper)) await writeFile(join(place, name), text);
  await symlink(storeOf(dir, "pulumi-pg-migrations"), join(dirname(dirname(place)), "pulumi-pg-migrations"));
  await mkdir(join(dir, "node_modules/@team"));
  await symlink(place, join(dir, "node_modules/@team/database"));
  return dir;
}

/** Where pnpm keeps the files of a package; what it depends on is beside it. */
function storeOf(dir: string, name: string): string {
  return join(dir, "node_modules/.pnpm", `${name.replace("/", "+")}@1.0.0`, "node_modules", name);
}

async function succeed(command: Promise<{ exitCode: number; output: string }>): Promise<string> {
  const { exitCode, output } = await command;
  assert.equal(exitCode, 0, output);
  return output;
}
