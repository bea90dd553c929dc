// The cost of an up with nothing to do, in a stock project with the built package: against the same project with one
// dynamic resource, the least that any package of this kind can cost.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { applyRun, connect, planRun, readFolder } from "../engine/index.ts";
import { startCountingProxy } from "../test/counting-proxy.ts";
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { pulumiIn } from "../test/end-to-end/project.ts";
import { buildPackage, createStockProject, installPackage, urlOf } from "../test/end-to-end/stock-project.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { CleanUp, compare, printTable } from "./harness.ts";

const corpus = join(import.meta.dirname, "../../shared/corpus/langfuse/migrations");
const rounds = 9;

const emptyProgram = `
import * as pulumi from "@pulumi/pulumi";
const provider = { diff: async () => ({ changes: false }), create: async () => ({ id: "empty", outs: {} }) };
new (class extends pulumi.dynamic.Resource {
  constructor() {
    super(provider, "empty", {});
  }
})();
`;

const migrationProgram = `
import * as pulumi from "@pulumi/pulumi";
import { DatabaseMigration, noDuplicates, noOrphans, tableExists } from "pulumi-pg-migrations";
new DatabaseMigration("app", {
  connection: { url: new pulumi.Config().requireSecret("url") },
  migrations: "migrations",
  backup: { none: "a benchmark" },
  checks: [tableExists("projects"), noOrphans("projects.org_id", "organizations.id"), noDuplicates("organizations.name")],
});
`;

type Pulumi = ReturnType<typeof pulumiIn>;

await globalSetup();
const cleanUp = new CleanUp();
try {
  const built = await buildPackage(cleanUp);
  const [empty] = await makeProject(emptyProgram, built);
  const [project, dir] = await makeProject(migrationProgram, built);
  cpSync(corpus, join(dir, "migrations"), { recursive: true });
  const database = await createTestDatabase(cleanUp);
  const traffic = await startCountingProxy(cleanUp, database.port);
  const url = `${urlOf({ ...database, port: traffic.port })}?sslmode=disable`;
  await applyAllButLast(database, join(dir, "migrations"));
  await succeed(empty, "up", "--yes", "--skip-preview");
  await succeed(project, "config", "set", "--secret", "url", url);
  await succeed(project, "up", "--yes", "--skip-preview");

  printTable(
    `pulumi up with nothing to do, ${rounds} rounds`,
    await compare(
      [
        { name: "empty program, one dynamic resource", run: () => up(empty) },
        { name: "434 migrations applied, 3 standing checks", run: () => up(project) },
      ],
      rounds,
    ),
  );
  traffic.connections = 0;
  traffic.queries = [];
  await up(project);
  console.log(`\nconnections: ${traffic.connections}, queries: ${traffic.queries.length}`);
} finally {
  await cleanUp.run();
  await globalTeardown();
}

/** A project as `pulumi new typescript` makes it, with a stack. */
async function makeProject(program: string, built: string): Promise<[Pulumi, string]> {
  const dir = await createStockProject(cleanUp, {
    "Pulumi.yaml": "name: bench\nruntime: nodejs\n",
    "package.json": JSON.stringify({ name: "bench", main: "index.ts" }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        strict: true,
        outDir: "bin",
        target: "es2020",
        module: "commonjs",
        moduleResolution: "node",
      },
      files: ["index.ts"],
    }),
    "index.ts": program,
  });
  await installPackage(built, join(dir, "node_modules/pulumi-pg-migrations"));
  const pulumi = pulumiIn(dir);
  await succeed(pulumi, "stack", "init", "test");
  return [pulumi, dir];
}

/** As in a database that grew over the years: the last deployment has applied one migration, and not the history. */
async function applyAllButLast(connection: TestDatabase, dir: string): Promise<void> {
  const database = await connect({ ...connection });
  const folder = await readFolder({ dir });
  const { steps } = await planRun({ database, folder });
  const { failed } = await applyRun({ database, folder, steps: steps.slice(0, -1) });
  await database.close();
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
}

async function up(pulumi: Pulumi): Promise<void> {
  await succeed(pulumi, "up", "--yes", "--skip-preview");
}

async function succeed(pulumi: Pulumi, ...args: string[]): Promise<void> {
  const { exitCode, output } = await pulumi(...args);
  if (exitCode !== 0) throw new Error(output);
}
