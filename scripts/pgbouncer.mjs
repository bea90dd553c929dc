import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./command.mjs";
import { exclusively } from "./exclusively.mjs";
import { cacheFolder } from "./pulumi-cli.mjs";

/** Debian's packages for PgBouncer, without those that every system has. */
const packages = ["pgbouncer", "libevent-2.1-7", "libc-ares2"];
const downloadTimeoutMs = 2 * 60_000;

/**
 * The program of PgBouncer for the tests of connection poolers: the one on PATH, else Debian's, unpacked into the cache
 * folder without an installation. Undefined if there is neither; those tests are then skipped.
 */
export async function findOrUnpackPgBouncer(searchPath) {
  const onPath = [...searchPath.split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, "pgbouncer"))
    .find((file) => existsSync(file));
  if (onPath !== undefined) return onPath;
  const folder = join(cacheFolder, "pgbouncer");
  const program = join(folder, "pgbouncer");
  if (existsSync(program)) return program;
  await exclusively(`${folder}.lock`, async () => {
    if (!existsSync(program)) await unpack(folder);
  });
  return existsSync(program) ? program : undefined;
}

async function unpack(folder) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const options = { cwd: unfinished, timeoutMs: downloadTimeoutMs };
  if (!(await run("apt-get", ["download", ...packages], options)).ok) return;
  for (const file of readdirSync(unfinished).filter((name) => name.endsWith(".deb")))
    if (!(await run("dpkg-deb", ["-x", file, "unpacked"], options)).ok) return;
  const machine = readdirSync(join(unfinished, "unpacked/usr/lib")).find((name) =>
    name.endsWith("-linux-gnu"),
  );
  writeFileSync(
    join(unfinished, "pgbouncer"),
    `#!/bin/sh\ncd "$(dirname "$0")/unpacked" || exit 1\n` +
      `LD_LIBRARY_PATH="$PWD/usr/lib/${machine}" exec ./usr/sbin/pgbouncer "$@"\n`,
  );
  chmodSync(join(unfinished, "pgbouncer"), 0o755);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
}
