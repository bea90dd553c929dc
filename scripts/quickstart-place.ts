import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import type { EmbeddedServer } from "./embedded-postgres.ts";

/** The name of the quickstart's PostgreSQL server. */
export const serverName = "quickstart";

export const databaseName = "donations";

export const root = dirname(import.meta.dirname);

/** All files of the quickstart, except the server's data. */
export const folder = join(root, ".quickstart");

/** The migrations that the stack applies: a copy, for experiments. */
export const migrationsFolder = join(folder, "migrations");

/** The folder with the migrations, the data and the story's last migration. */
export const exampleFolder = join(root, "examples", "donations");

/** The environment of the commands, without PATH. The file to be sourced holds the same. */
function variablesFor(server: EmbeddedServer): Record<string, string> {
  const { user, password, host, port } = server;
  return {
    // State, plugins and the selected stack stay in the checkout, separate from the user's own Pulumi.
    PULUMI_HOME: join(folder, "pulumi-home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    // As public as the sample data: Pulumi.dev.yaml holds the matching salt.
    PULUMI_CONFIG_PASSPHRASE: "quickstart",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    DEV_DATABASE_URL: `postgresql://${user}:${password}@${host}:${port}/${databaseName}`,
    // psql, and with it the restore command of the backup, reads the password from here.
    PGPASSWORD: password,
  };
}

/** The environment of the commands: without other Pulumi settings, and with this checkout's programs first. */
export function environmentFor(server: EmbeddedServer): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(PULUMI_|PG[A-Z]+$|npm_)/.test(name));
  const PATH = [programsFolder, process.env["PATH"] ?? ""].join(delimiter);
  return { ...Object.fromEntries(others), ...variablesFor(server), PATH };
}

/** Removes the files of an earlier quickstart, and creates an empty backend and the migrations. */
export async function prepareFolder(server: EmbeddedServer): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "state"), { recursive: true, mode: 0o700 });
  await cp(join(exampleFolder, "migrations"), migrationsFolder, { recursive: true });
  await writeFile(join(folder, "env"), environmentFile(server), { mode: 0o600 });
}

const programsFolder = join(root, "node_modules", ".bin");

function environmentFile(server: EmbeddedServer): string {
  const variables = Object.entries(variablesFor(server));
  return [
    "# For the stack that `npm run quickstart` has left behind: . .quickstart/env",
    ...variables.map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
    `export PATH=${quoteForShell(programsFolder)}:"$PATH"`,
    "unset PULUMI_CONFIG_PASSPHRASE_FILE PULUMI_STACK",
    "",
  ].join("\n");
}

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
