import { randomBytes } from "node:crypto";
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BackupError } from "../backup.ts";
import { secureArchive, syncName, syncToDisk } from "./archive-files.ts";
import { unfinishedSuffix } from "./archive-name.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { manifestSuffix, parseManifest, printManifest, type Manifest } from "./manifest.ts";
import { openOwnFolder, type OwnFolder, ownEntry, removeOwnEntry, requireUnmovable } from "./own-folder.ts";

/** A folder for archives. Only this user may write to it, because its content is restored and deleted. */
export function openFolderStore(directory: string): ArchiveStore {
  const folder = resolve(directory);
  const locationOf = (name: string) => join(folder, name);
  return {
    locationOf,
    temporaryPathOf: (name) => `${locationOf(name)}.${token()}${unfinishedSuffix}`,
    requireReady: () => requireWritableFolder(folder),
    has: async (name) => (await findIn(folder, name)) !== undefined,
    find: (name) => findIn(folder, name),
    list: async () => [...new Set((await namesIn(await openOwnFolder(folder))).map(withoutSuffix))],
    put: (temporaryPath, manifest) => put(temporaryPath, locationOf(manifest.name), manifest),
    remove: (name) => removeFinished(folder, name),
    removeUnfinished: (name) => removeUnfinished(folder, name),
    close: () => undefined,
  };
}

/** Rejects with a `BackupError` unless this is, or could become, a writable folder of this user alone. */
export async function requireWritableFolder(folder: string): Promise<void> {
  const existing = await existingAncestor(folder);
  const isFolder = (await stat(existing)).isDirectory();
  if (!isFolder)
    throw new BackupError("TARGET_UNUSABLE", `${existing} is not a folder. Name another one for the backup.`);
  await access(existing, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    const made = existing === folder ? "" : `, in which ${folder} must be created,`;
    throw new BackupError(
      "TARGET_UNUSABLE",
      `This user cannot write to the folder ${existing}${made}. Name another one, or change its permissions.`,
      { cause },
    );
  });
  if (existing === folder) await openOwnFolder(folder);
  else await requireUnmovable(join(await realpath(existing), "made"));
}

/** The folder itself, or its nearest ancestor that exists. */
export async function existingAncestor(folder: string): Promise<string> {
  for (let ancestor = folder; ; ancestor = dirname(ancestor))
    if (ancestor === dirname(ancestor) || (await exists(ancestor))) return ancestor;
}

async function findIn(folder: string, name: string): Promise<Manifest | undefined> {
  const opened = await openOwnFolder(folder);
  if (opened === undefined || !(await isThere(opened, name))) return undefined;
  return manifestIn(opened, name);
}

async function manifestIn(folder: OwnFolder, name: string): Promise<Manifest | undefined> {
  if (!(await isThere(folder, name + manifestSuffix))) return undefined;
  const text = await readFile(join(folder.path, name + manifestSuffix), "utf8").catch(() => "");
  return parseManifest(text, name);
}

/** True if the name is a file or folder of this user. A link does not count. */
async function isThere(folder: OwnFolder, name: string): Promise<boolean> {
  return (await ownEntry(folder, name).catch(() => undefined)) !== undefined;
}

async function namesIn(folder: OwnFolder | undefined): Promise<string[]> {
  return folder === undefined ? [] : readdir(folder.path);
}

/** The suffixes of our files: manifests, unfinished archives, certificates for pg_dump. */
const suffix = /(\.json)?((\.[0-9a-f]{16})?\.unfinished(\.ca)?)?$/;

function withoutSuffix(name: string): string {
  return name.replace(suffix, "");
}

/** The manifest is stored first, so that an archive under its final name always has one. */
async function put(temporaryPath: string, location: string, manifest: Manifest): Promise<void> {
  await mkdir(dirname(location), { recursive: true, mode: 0o700 });
  await openOwnFolder(dirname(location));
  await secureArchive(temporaryPath);
  const written = `${location}${manifestSuffix}.${token()}${unfinishedSuffix}`;
  await writeFile(written, printManifest(manifest), { mode: 0o600, flag: "wx" });
  await syncToDisk(written);
  await rename(written, location + manifestSuffix);
  await rename(temporaryPath, location);
  await syncName(location);
}

/** The archive is deleted first: a manifest alone is not a backup. */
async function removeFinished(folder: string, name: string): Promise<void> {
  const opened = await openOwnFolder(folder);
  const listed = await namesIn(opened);
  if (opened === undefined) return;
  for (const entry of [name, name + manifestSuffix])
    if (listed.includes(entry)) await removeOwnEntry(opened, entry);
}

async function removeUnfinished(folder: string, name: string): Promise<void> {
  const opened = await openOwnFolder(folder);
  const listed = await namesIn(opened);
  if (opened === undefined) return;
  const isUnfinished = (entry: string) => withoutSuffix(entry) === name && entry.includes(unfinishedSuffix);
  for (const entry of listed.filter(isUnfinished)) await removeOwnEntry(opened, entry);
  const isAlone = !listed.includes(name) && (await manifestIn(opened, name)) !== undefined;
  if (isAlone) await removeOwnEntry(opened, name + manifestSuffix);
}

/** Makes names unpredictable. */
function token(): string {
  return randomBytes(8).toString("hex");
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
