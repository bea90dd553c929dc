// What backups cost an up that has nothing to do. All contestants have a resource of the AWS and of the command
// provider in the program, so that starting the providers, which a stack at AWS does anyway, is not counted.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAws } from "../test/aws/aws.ts";
import { createInstance } from "../test/aws/database.ts";
import { createTestDatabase } from "../test/database.ts";
import { systemPrograms } from "../test/dumpable-server.ts";
import { connectionOf, createProject, type Project } from "../test/end-to-end/project.ts";
import { CleanUp, compare, printTable } from "./harness.ts";

process.env["TEST_POSTGRES_PROGRAMS"] = systemPrograms();
const { globalSetup, globalTeardown } = await import("../test/servers.ts");

const rounds = 7;

const program = `
import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";
import { DatabaseMigration } from "./components/index.ts";
import { readConfiguration } from "./configuration.ts";
new aws.rds.Snapshot("unrelated", { dbInstanceIdentifier: "app-prod", dbSnapshotIdentifier: process.env.UNRELATED });
new command.local.Command("unrelated", { create: "true" });
new DatabaseMigration("database", readConfiguration());
`;

await globalSetup();
const cleanUp = new CleanUp();
try {
  const aws = await createAws(cleanUp);
  await createInstance(aws, { DBInstanceIdentifier: "app-prod" });
  const directory = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-bench-"));
  cleanUp.after(() => rm(directory, { recursive: true }));
  const contestants = [
    { name: "none", backup: { none: "a benchmark" } },
    { name: "rdsSnapshot", backup: { rdsSnapshot: { instance: "app-prod", pollMs: 100 } } },
    { name: "pointInTimeRecovery", backup: { pointInTimeRecovery: { instance: "app-prod", pollMs: 100 } } },
    {
      name: "logicalBackup",
      backup: { logicalBackup: { target: { directory }, programs: systemPrograms() } },
    },
  ];
  const projects = new Map<string, Project>();
  for (const { name, backup } of contestants)
    projects.set(name, await migratedProject({ name, backup, environment: aws.environment }));

  printTable(
    `pulumi up with nothing pending and an earlier backup in state, ${rounds} rounds`,
    await compare(
      [...projects].map(([name, project]) => ({ name, run: () => up(project) })),
      rounds,
    ),
  );
  for (const [name, project] of projects) {
    const before = aws.calls().length;
    await up(project);
    const calls = aws.calls().slice(before);
    console.log(`${name}: ${calls.length} AWS calls ${calls.map(({ action }) => action).join(", ")}`);
  }
} finally {
  await cleanUp.run();
  await globalTeardown();
}

async function migratedProject(made: {
  name: string;
  backup: object;
  environment: Record<string, string>;
}): Promise<Project> {
  const database = await createTestDatabase(cleanUp);
  const project = await createProject(cleanUp, {
    program,
    configuration: { connection: connectionOf(database), migrations: "migrations", backup: made.backup },
    environment: {
      ...made.environment,
      TEST_PGPASSWORD: database.password,
      UNRELATED: `unrelated-${made.name.toLowerCase()}`,
    },
  });
  await project.writeMigration("1_gifts", "CREATE TABLE gifts (id int);");
  await up(project);
  return project;
}

async function up(project: Project): Promise<void> {
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview");
  if (exitCode !== 0) throw new Error(output);
}
