// What an up costs that has nothing to do: against an empty program with one dynamic resource, the least that
// any package of this kind can cost.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { startCountingProxy } from "../test/counting-proxy.ts";
import {
  connectionOf,
  createMigratedProject,
  createProject,
  type Project,
} from "../test/end-to-end/project.ts";
import { globalSetup, globalTeardown } from "../test/postgres-server.ts";
import { CleanUp, compare, printTable } from "./harness.ts";

const corpus = join(import.meta.dirname, "../../shared/corpus/langfuse/migrations");
const rounds = 7;

const emptyProgram = `
import * as pulumi from "@pulumi/pulumi";
const provider = { diff: async () => ({ changes: false }), create: async () => ({ id: "empty", outs: {} }) };
new (class extends pulumi.dynamic.Resource {})(provider, "empty", {});
`;

const checks = [
  { kind: "tableExists", table: "projects" },
  { kind: "noOrphans", column: "projects.org_id", references: "organizations.id" },
  { kind: "noDuplicates", column: "organizations.name" },
];

await globalSetup();
const cleanUp = new CleanUp();
try {
  // Pulumi.yaml demands values, which this program does not read.
  const configuration = { connection: {}, migrations: "none", backup: {} };
  const empty = await createProject(cleanUp, { configuration, program: emptyProgram });
  await up(empty);
  const { project, database } = await createMigratedProject(cleanUp, {
    backup: { none: "a benchmark" },
    checks,
  });
  cpSync(corpus, join(project.dir, "migrations"), { recursive: true });
  const traffic = await startCountingProxy(cleanUp, database.port);
  await project.configure({
    connection: { ...connectionOf(database), port: traffic.port },
    migrations: "migrations",
    backup: { none: "a benchmark" },
    checks,
  });
  await up(project);

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

async function up(project: Project): Promise<void> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  if (exitCode !== 0) throw new Error(output);
}
