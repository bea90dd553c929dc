import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isInUse } from "../engine/shadow/server-process.ts";

const memory = "/dev/shm";
const prefix = "pulumi-pg-migrations-tests-";
const neededBytes = 6 * 2 ** 30;

/**
 * Puts temporary files into memory from now on, if there is enough. Servers and databases of tests consist of thousands
 * of files that are soon deleted, which is slow on disk. Returns the function that removes them.
 */
export async function keepFilesInMemory(): Promise<() => Promise<void>> {
  if (!(await hasRoom())) return () => Promise.resolve();
  await removeLeftovers();
  const folder = await mkdtemp(join(memory, `${prefix}${process.pid}-`));
  const before = process.env["TMPDIR"];
  const remove = async (): Promise<void> => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // Like /tmp: the servers' account can pass through.
  await chmod(folder, 0o1777);
  if (!(await runsPrograms(folder))) {
    await remove();
    return () => Promise.resolve();
  }
  process.env["TMPDIR"] = folder;
  return remove;
}

async function hasRoom(): Promise<boolean> {
  if (process.availableMemory() < 1.5 * neededBytes) return false;
  return await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize >= neededBytes,
    () => false,
  );
}

/** True if programs can run from it, which containers often prevent. */
async function runsPrograms(folder: string): Promise<boolean> {
  const program = join(folder, "program");
  await writeFile(program, "#!/bin/sh\n", { mode: 0o755 });
  return await promisify(execFile)(program).then(
    () => true,
    () => false,
  );
}

/** Removes the leftovers of killed test runs. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(memory)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isInUse(pid))
      await rm(join(memory, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
