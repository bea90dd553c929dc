import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { createTestDatabase, type TestDatabase } from "../database.ts";

const root = join(import.meta.dirname, "../..");

/** A command's output and exit status. */
export interface CommandResult {
  exitCode: number;
  /** Standard output and standard error, interleaved. */
  output: string;
}

/** A checkout of the program in a separate folder, with a separate backend and one stack, `test`. */
export interface Project {
  dir: string;
  /** Runs `pulumi <arguments>` as a user would type it. */
  pulumi(...args: string[]): Promise<CommandResult>;
  /** Writes one migration into the project's folder of migrations. */
  writeMigration(name: string, sql: string): Promise<void>;
  /** Removes one migration from the folder. */
  removeMigration(name: string): Promise<void>;
  /** Replaces the program with the test's own. */
  writeProgram(program: string): Promise<void>;
  /** The stack's outputs, secret ones included. */
  outputs(): Promise<Record<string, unknown>>;
  /** Replaces the stack's configuration. */
  configure(configuration: object): Promise<void>;
}

/** The options of a project. */
export interface ProjectOptions {
  /** The program's configuration, keys without the project's name. Default: none. */
  configuration?: object;
  /** Environment variables of every command, in addition to those of the test. */
  environment?: Record<string, string>;
  /** A program of the test instead of this repository's. */
  program?: string;
}

/** Creates a project with a stack. It is removed after the test. */
export async function createProject(
  t: Pick<TestContext, "after">,
  options: ProjectOptions,
): Promise<Project> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-test-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, "state"));
  await mkdir(join(dir, "migrations"));
  await writeProjectFile(dir, options);
  for (const part of ["package.json", "node_modules", "scripts"])
    await symlink(join(root, part), join(dir, part));
  await provideSources(dir);
  // Copied, so that it starts the program beside it.
  await copyFile(join(root, "start.mjs"), join(dir, "start.mjs"));
  await writeFile(join(dir, "index.ts"), options.program ?? (await readFile(join(root, "index.ts"), "utf8")));
  const project: Project = {
    dir,
    pulumi: pulumiIn(dir, options.environment),
    async writeMigration(name, sql) {
      await mkdir(join(dir, "migrations", name), { recursive: true });
      await writeFile(join(dir, "migrations", name, "migration.sql"), sql);
    },
    async writeProgram(program) {
      await writeFile(join(dir, "index.ts"), program);
    },
    async outputs() {
      const { output } = await project.pulumi("stack", "output", "--json", "--show-secrets");
      return JSON.parse(output) as Record<string, unknown>;
    },
    removeMigration: (name) => rm(join(dir, "migrations", name), { recursive: true }),
    async configure(configuration) {
      const file = join(dir, "Pulumi.test.yaml");
      const salt = /^encryptionsalt:.*$/m.exec(await readFile(file, "utf8").catch(() => ""))?.[0] ?? "";
      const prefixed = Object.fromEntries(
        Object.entries(configuration).map(([key, value]) => [
          `pulumi-pg-migrations:${key}`,
          value as unknown,
        ]),
      );
      // JSON is YAML, too.
      await writeFile(file, `${salt}\nconfig: ${JSON.stringify(prefixed)}\n`);
    },
  };
  const created = await project.pulumi("stack", "init", "test");
  if (created.exitCode !== 0) throw new Error(`pulumi stack init failed:\n${created.output}`);
  await project.configure(options.configuration ?? {});
  return project;
}

/** The sources beside the program, or, where tests have one, files that lead to the bundle of them. */
async function provideSources(dir: string): Promise<void> {
  const bundle = process.env["TEST_BUNDLE"];
  if (bundle === undefined) {
    for (const part of [
      "cli",
      "components",
      "resources",
      "engine",
      "configuration.ts",
      "backup-configuration.ts",
    ])
      await symlink(join(root, part), join(dir, part));
    return;
  }
  for (const entry of [
    "cli/command",
    "components/index",
    "resources/index",
    "engine/index",
    "configuration",
  ]) {
    await mkdir(dirname(join(dir, entry)), { recursive: true });
    await writeFile(
      join(dir, `${entry}.ts`),
      `export * from ${JSON.stringify(join(bundle, `${entry}.js`))};\n`,
    );
  }
}

/** The project file declares the configuration of this repository's program, and which keys are required. */
async function writeProjectFile(dir: string, { configuration }: ProjectOptions): Promise<void> {
  const declared = await readFile(join(root, "Pulumi.yaml"), "utf8");
  const content = configuration === undefined ? declared.replace(/^config:\n([ \n].*\n?)*/m, "") : declared;
  await writeFile(join(dir, "Pulumi.yaml"), content);
}

/** The environment in which a user of this project runs Pulumi. */
function pulumiEnvironment(dir: string): NodeJS.ProcessEnv {
  const { PATH = "", HOME, NODE_COMPILE_CACHE, TMPDIR } = process.env;
  return {
    // The providers of @pulumi/aws and @pulumi/command are stand-ins: the real ones cannot be installed from npm.
    PATH: [join(root, "node_modules/.bin"), join(root, "test/plugins"), PATH].join(delimiter),
    ...(HOME === undefined ? {} : { HOME }),
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    PULUMI_HOME: join(dir, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // They run for seconds and need no garbage collection.
    GOGC: "400",
    NODE_OPTIONS: `--require ${JSON.stringify(join(import.meta.dirname, "node-start.cjs"))}`,
  };
}

/** A connection to a test database in the form of the stack's configuration. */
export function connectionOf(database: TestDatabase): object {
  return {
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    passwordVariable: "TEST_PGPASSWORD",
  };
}

/** A test database and a project that migrates it; copies of the database are dropped with it. */
export async function createMigratedProject(
  t: Pick<TestContext, "after">,
  configuration: object = {},
  environment: Record<string, string> = {},
): Promise<{ project: Project; database: TestDatabase }> {
  const database = await createTestDatabase(t);
  const project = await createProject(t, {
    configuration: {
      connection: connectionOf(database),
      migrations: "migrations",
      backup: { none: "a test" },
      ...configuration,
    },
    environment: { TEST_PGPASSWORD: database.password, ...environment },
  });
  return { project, database };
}

/** Returns a function that runs `pulumi <arguments>` in a folder, as a user would type it. */
export function pulumiIn(
  dir: string,
  environment: Record<string, string> = {},
): (...args: string[]) => Promise<CommandResult> {
  return (...args) =>
    new Promise((resolve) => {
      let output = "";
      const child = execFile(
        "pulumi",
        [...args, "--non-interactive", "--color", "never"],
        { cwd: dir, env: { ...pulumiEnvironment(dir), ...environment }, maxBuffer: 1 << 28 },
        (error) =>
          resolve({
            exitCode: error === null ? 0 : typeof error.code === "number" ? error.code : 255,
            output,
          }),
      );
      const collect = (chunk: string): void => {
        output += chunk;
      };
      child.stdout?.on("data", collect);
      child.stderr?.on("data", collect);
    });
}
