import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { createTestDatabase } from "../database.ts";
import { query } from "../database-state.ts";
import { pulumiIn } from "./project.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

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

before(async () => {
  await run("npm", ["run", "--silent", "build"], { cwd: root });
});

test("the published package works in a stock project, with no provider package but Pulumi's own", async (t) => {
  const database = await createTestDatabase(t);
  const dir = await createStockProject();
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const provider of ["aws", "command", "postgresql"])
    assert.ok(!existsSync(join(dir, "node_modules/@pulumi", provider)), `@pulumi/${provider} is installed`);
  const { host, port, user, password } = database;
  const url = `postgresql://${user}:${password}@${host}:${port}/${database.database}`;
  const pulumi = pulumiIn(dir);
  await succeed(pulumi("stack", "init", "test"));
  await succeed(pulumi("config", "set", "--secret", "url", url));

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

async function createStockProject(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-stock-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(dir, name, ".."), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  await mkdir(join(dir, "state"));
  await mkdir(join(dir, "node_modules"));
  await linkPackages(join(root, "node_modules"), join(dir, "node_modules"), [
    "typescript",
    "@types",
    "@pulumi",
    "@aws-sdk",
    "@smithy",
  ]);
  // The driver's types are no dependency of the package, so users do not have them.
  await mkdir(join(dir, "node_modules/@types"));
  await linkPackages(join(root, "node_modules/@types"), join(dir, "node_modules/@types"), ["pg"]);
  // Copied, since Pulumi compiles with the TypeScript that stands beside it.
  await cp(join(root, "node_modules/@pulumi/pulumi"), join(dir, "node_modules/@pulumi/pulumi"), {
    recursive: true,
  });
  await symlink(join(root, "node_modules/typescript-5"), join(dir, "node_modules/typescript"));
  // Copied, not linked: Node refuses to run TypeScript below node_modules, so that a stray .ts would show.
  await cp(join(root, "dist"), join(dir, "node_modules/pulumi-pg-migrations"), { recursive: true });
  return dir;
}

async function linkPackages(from: string, to: string, except: string[]): Promise<void> {
  const names = (await readdir(from)).filter((name) => !except.includes(name));
  for (const name of names) await symlink(join(from, name), join(to, name));
}

async function succeed(command: Promise<{ exitCode: number; output: string }>): Promise<string> {
  const { exitCode, output } = await command;
  assert.equal(exitCode, 0, output);
  return output;
}
