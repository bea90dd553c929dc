import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import type { TestDatabase } from "../database.ts";

const root = join(import.meta.dirname, "../..");

/** Runs a program and returns its output. Rejects if it fails. */
export const run = promisify(execFile);

/** Builds the package as it is published, into a folder that is removed afterwards. */
export async function buildPackage(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await temporaryFolder(t);
  await run(process.execPath, [join(root, "scripts/build.ts"), folder]);
  return folder;
}

/**
 * A project with the packages of a user: Pulumi, TypeScript 5, and this package's dependencies, but not the package
 * itself.
 */
export async function createStockProject(
  t: Pick<TestContext, "after">,
  files: Record<string, string>,
): Promise<string> {
  const dir = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
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
    // Published inside the package.
    "zod",
  ]);
  // The driver's types are not a dependency of the package, so users do not have them.
  await mkdir(join(dir, "node_modules/@types"));
  await linkPackages(join(root, "node_modules/@types"), join(dir, "node_modules/@types"), ["pg"]);
  // Copied, because Pulumi compiles with the TypeScript beside it.
  await cp(join(root, "node_modules/@pulumi/pulumi"), join(dir, "node_modules/@pulumi/pulumi"), {
    recursive: true,
  });
  await symlink(join(root, "node_modules/typescript-5"), join(dir, "node_modules/typescript"));
  return dir;
}

/**
 * Installs the built package into a folder. It is copied, not linked: Node refuses to run TypeScript below
 * node_modules, so a stray .ts is detected.
 */
export async function installPackage(built: string, folder: string): Promise<void> {
  await cp(built, folder, { recursive: true });
}

/** The address of a test database, with its password. */
export function urlOf({ host, port, user, password, database }: TestDatabase): string {
  return `postgresql://${user}:${password}@${host}:${port}/${database}`;
}

async function temporaryFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-pg-migrations-stock-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function linkPackages(from: string, to: string, except: string[]): Promise<void> {
  const names = (await readdir(from)).filter((name) => !except.includes(name));
  for (const name of names) await symlink(join(from, name), join(to, name));
}
