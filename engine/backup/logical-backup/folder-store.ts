import { access, constants, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { BackupError } from "../backup.ts";
import { secureArchive, syncName, syncToDisk } from "./archive-files.ts";
import { unfinishedSuffix } from "./archive-name.ts";
import type { ArchiveStore } from "./archive-store.ts";
import { manifestSuffix, parseManifest, printManifest, type Manifest } from "./manifest.ts";

/** A folder in which archives are kept. */
export function openFolderStore(directory: string): ArchiveStore {
  const folder = resolve(directory);
  const locationOf = (name: string) => join(folder, name);
  return {
    locationOf,
    temporaryPathOf: (name) => locationOf(name) + unfinishedSuffix,
    requireReady: () => requireWritableFolder(folder),
    has: async (name) => (await findIn(locationOf(name))) !== undefined,
    find: (name) => findIn(locationOf(name)),
    list: () => namesIn(folder),
    put: (temporaryPath, manifest) => put(temporaryPath, locationOf(manifest.name), manifest),
    remove: (name) => removeAll(locationOf(name), finished),
    removeUnfinished: (name) => removeUnfinished(locationOf(name)),
    close: () => undefined,
  };
}

/** Rejects with a `BackupError` unless this is a folder that can be written to, or could be made. */
export async function requireWritableFolder(folder: string): Promise<void> {
  const existing = await existingAncestor(folder);
  const isFolder = (await stat(existing)).isDirectory();
  if (!isFolder)
    throw new BackupError("TARGET_UNUSABLE", `${existing} is not a folder. Name another one for the backup.`);
  await access(existing, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    const made = existing === folder ? "" : `, in which ${folder} would have to be made,`;
    throw new BackupError(
      "TARGET_UNUSABLE",
      `The folder ${existing}${made} may not be written to by this user. Name another one, or change its permissions.`,
      { cause },
    );
  });
}

/** The folder itself, or the next one above it that is there. */
export async function existingAncestor(folder: string): Promise<string> {
  for (let ancestor = folder; ; ancestor = dirname(ancestor))
    if (ancestor === dirname(ancestor) || (await exists(ancestor))) return ancestor;
}

async function findIn(location: string): Promise<Manifest | undefined> {
  const text = await readFile(location + manifestSuffix, "utf8").catch(() => undefined);
  return text !== undefined && (await exists(location)) ? parseManifest(text) : undefined;
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return [...new Set(names.map((name) => name.replace(/(\.json)?(\.unfinished)?(\.ca)?$/, "")))];
}

/** The manifest is there first, so that an archive under its final name is never without one. */
async function put(temporaryPath: string, location: string, manifest: Manifest): Promise<void> {
  await mkdir(dirname(location), { recursive: true, mode: 0o700 });
  await secureArchive(temporaryPath);
  const written = location + manifestSuffix + unfinishedSuffix;
  await writeFile(written, printManifest(manifest), { mode: 0o600 });
  await syncToDisk(written);
  await rename(written, location + manifestSuffix);
  await rename(temporaryPath, location);
  await syncName(location);
}

/** The archive goes first: a manifest alone is no backup. */
const finished = ["", manifestSuffix];
const unfinished = [unfinishedSuffix, `${unfinishedSuffix}.ca`, manifestSuffix + unfinishedSuffix];

async function removeUnfinished(location: string): Promise<void> {
  await removeAll(location, unfinished);
  const text = await readFile(location + manifestSuffix, "utf8").catch(() => "");
  const isAlone = parseManifest(text) !== undefined && !(await exists(location));
  if (isAlone) await removeAll(location, [manifestSuffix]);
}

async function removeAll(location: string, suffixes: readonly string[]): Promise<void> {
  for (const suffix of suffixes) await rm(location + suffix, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
