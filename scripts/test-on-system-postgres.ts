// Runs the integration tests once more on the PostgreSQL that the machine itself has, which is mostly an older one.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { dirname } from "node:path";

const programs = globSync("/usr/{lib/postgresql,pgsql-}*/{,*/}bin/initdb")
  .concat(globSync("/{usr/local,opt/homebrew}/opt/postgresql@*/bin/initdb"))
  .map(dirname)
  .filter((folder) => existsSync(`${folder}/pg_ctl`));

if (programs.length === 0)
  console.log(
    "SKIPPED: integration tests on the system's PostgreSQL, as there is none (apt-get install postgresql).",
  );
for (const folder of programs) {
  console.log(`Integration tests on the PostgreSQL in ${folder}`);
  const { status } = spawnSync("npm", ["run", "--silent", "test:integration"], {
    stdio: "inherit",
    env: { ...process.env, TEST_POSTGRES_PROGRAMS: folder },
  });
  if (status !== 0) process.exitCode = 1;
}
