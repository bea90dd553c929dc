import type { BigIntStats } from "node:fs";
import { lstat, readdir, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BackupError } from "../backup.ts";

/** A folder that no other user can write to, as it was when it was opened. */
export interface OwnFolder {
  /** The path, with links resolved. */
  path: string;
  device: bigint;
  inode: bigint;
}

const [groupWrite, othersWrite, sticky] = [0o020n, 0o002n, 0o1000n];

/**
 * Opens a folder; undefined if it does not exist. Rejects with a `BackupError` if another user could change its
 * content.
 */
export async function openOwnFolder(folder: string): Promise<OwnFolder | undefined> {
  const path = await realpath(folder).catch(() => undefined);
  if (path === undefined) return undefined;
  const status = await lstat(path, { bigint: true });
  if (!isOwn(status)) throw unsafe(path, "belongs to another user", "Run as its owner, or chown it.");
  if ((status.mode & (groupWrite | othersWrite)) !== 0n)
    throw unsafe(path, "can be written to by other users", `Run chmod go-w ${path}.`);
  await requireUnmovable(path);
  return { path, device: status.dev, inode: status.ino };
}

/**
 * Rejects with a `BackupError` if another user could replace a path because others can write to a folder above it that
 * is not sticky. The user's own group counts as this user, and the owners of folders above are trusted.
 */
export async function requireUnmovable(path: string): Promise<void> {
  for (let above = dirname(path); ; above = dirname(above)) {
    const { mode, gid } = await lstat(above, { bigint: true });
    const isGroups = (mode & groupWrite) !== 0n && gid !== 0n && gid !== BigInt(process.getgid?.() ?? gid);
    if (((mode & othersWrite) !== 0n || isGroups) && (mode & sticky) === 0n)
      throw unsafe(path, `can be replaced by users who can write to ${above}`, `Run chmod go-w ${above}.`);
    if (above === dirname(above)) return;
  }
}

/**
 * The status of one name in the folder; undefined if it does not exist. Rejects with a `BackupError` unless it is a
 * file or folder of this user.
 */
export async function ownEntry(folder: OwnFolder, name: string): Promise<BigIntStats | undefined> {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name))
    throw unsafe(folder.path, `cannot hold ${JSON.stringify(name)}, which is a path`, "Correct the name.");
  const status = await lstat(join(folder.path, name), { bigint: true }).catch(() => undefined);
  if (status === undefined) return undefined;
  const isPlain = (status.isFile() || status.isDirectory()) && status.dev === folder.device;
  if (isPlain && isOwn(status)) return status;
  throw unsafe(
    join(folder.path, name),
    "is a link, a mount or another user's",
    "It is neither read nor deleted. Remove it yourself.",
  );
}

/** Deletes one name in the opened folder with everything below it. Links in it are not followed. */
export async function removeOwnEntry(folder: OwnFolder, name: string): Promise<void> {
  const { dev, ino } = await lstat(folder.path, { bigint: true });
  if (dev !== folder.device || ino !== folder.inode)
    throw unsafe(folder.path, "was replaced while it was in use", "Nothing else is deleted.");
  const status = await ownEntry(folder, name);
  if (status === undefined) return;
  const path = join(folder.path, name);
  if (status.isDirectory())
    for (const inner of await readdir(path))
      if ((await lstat(join(path, inner), { bigint: true })).dev !== dev)
        throw unsafe(path, "has another file system in it", "Unmount it first.");
  await rm(path, { recursive: true, force: true });
}

function isOwn({ uid }: BigIntStats): boolean {
  const own = process.getuid?.();
  return own === undefined || uid === BigInt(own);
}

function unsafe(path: string, what: string, remedy: string): BackupError {
  return new BackupError("TARGET_UNSAFE", `${path} ${what}. ${remedy}`);
}
