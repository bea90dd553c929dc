import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { childEnvironment } from "../process/child-environment.ts";
import { giveToServer, placeIn, writeNew, type ServerPlace } from "./server-place.ts";
import { isInUse, runForServer } from "./server-process.ts";

/** The call of initdb. */
export interface DataDirectoryMaker {
  initdb: string;
  /** Its options, without those for place, superuser and access. */
  options: readonly string[];
}

/** The superuser of a fresh data directory. Its password is not kept. */
export const templateSuperuser = "postgres";

/** Systems clean temporary folders after days, file by file: a younger one is complete. */
const maxAgeMs = 24 * 3_600_000;

/**
 * Makes a server's data directory by copying one that initdb has made recently with the same programs; initdb takes ten
 * times as long. False if initdb fails, which the server's log explains.
 */
export async function makeDataDirectory(place: ServerPlace, maker: DataDirectoryMaker): Promise<boolean> {
  const template = templateFolder(place, maker);
  const stamp = await stampOf(maker);
  if ((await isCurrent(template, stamp)) || (await makeTemplate(place, template, { maker, stamp })))
    if (await copyData(template, place)) return true;
  // Another process has just replaced it, or `cp` does not exist.
  await rm(place.data, { recursive: true, force: true });
  return await runInitdb(place, maker);
}

/** One for each location of programs, so that the template of a new version replaces the last. */
function templateFolder({ base, account }: ServerPlace, { initdb, options }: DataDirectoryMaker): string {
  const key = createHash("sha256").update(JSON.stringify([initdb, options, account]));
  return join(base, `template-${key.digest("hex").slice(0, 12)}`);
}

async function stampOf({ initdb }: DataDirectoryMaker): Promise<string> {
  const { mtimeMs, size, ino } = await stat(join(dirname(initdb), "postgres"));
  return `${mtimeMs} ${size} ${ino}`;
}

async function isCurrent(template: string, stamp: string): Promise<boolean> {
  const file = join(template, "stamp");
  try {
    return (await readFile(file, "utf8")) === stamp && Date.now() - (await stat(file)).mtimeMs < maxAgeMs;
  } catch {
    return false;
  }
}

/** Builds it under another name, so that it is complete as soon as it appears. */
async function makeTemplate(
  { base, account }: ServerPlace,
  template: string,
  { maker, stamp }: { maker: DataDirectoryMaker; stamp: string },
): Promise<boolean> {
  await removeUnfinished(template);
  const unfinished = placeIn(await mkdtemp(`${template}.${process.pid}-`), { base, account });
  try {
    if (account !== undefined) await chmod(unfinished.folder, 0o711);
    await writeNew(unfinished, unfinished.log, "");
    if (!(await runInitdb(unfinished, maker))) return false;
    // From now on the server's account cannot access it.
    await chmod(unfinished.folder, 0o700);
    await writeFile(join(unfinished.folder, "stamp"), stamp);
    // Another process may have been faster.
    if (await isCurrent(template, stamp)) return true;
    // A template that others may be copying is moved as a whole before it is removed, so that they notice.
    await rename(template, join(unfinished.folder, "replaced")).catch(() => undefined);
    await rename(unfinished.folder, template).catch(() => undefined);
    await rm(join(template, "replaced"), { recursive: true, force: true });
    return true;
  } finally {
    await rm(unfinished.folder, { recursive: true, force: true });
  }
}

/** Removes the leftovers of killed processes. */
async function removeUnfinished(template: string): Promise<void> {
  const base = dirname(template);
  for (const name of await readdir(base)) {
    const [, pid] = /^\.(\d+)-/.exec(name.replace(basename(template), "")) ?? [];
    if (pid !== undefined && name.startsWith(basename(template)) && !isInUse(Number(pid)))
      await rm(join(base, name), { recursive: true, force: true });
  }
}

/** Owners and modes are kept. A copy counts only if the template was not replaced in the meantime. */
async function copyData(template: string, place: ServerPlace): Promise<boolean> {
  try {
    const { ino } = await stat(template);
    await promisify(execFile)("cp", ["-a", join(template, "data"), place.data], { env: childEnvironment() });
    return (await stat(template)).ino === ino;
  } catch {
    return false;
  }
}

async function runInitdb(place: ServerPlace, { initdb, options }: DataDirectoryMaker): Promise<boolean> {
  const passwordFile = join(place.folder, "password");
  await mkdir(place.data, { mode: 0o700 });
  await giveToServer(place, place.data);
  await writeNew(place, passwordFile, randomBytes(24).toString("base64url"));
  const access = [`--username=${templateSuperuser}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const isMade = await runForServer(place, {
    program: initdb,
    args: [`--pgdata=${place.data}`, ...options, ...access],
  });
  await rm(passwordFile);
  return isMade;
}
