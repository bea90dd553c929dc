import { chmod, chown, lstat, mkdir, open, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ServerAccount } from "./server-programs.ts";
import { ShadowError } from "./shadow-error.ts";

/** Where a server keeps its files, and the account it runs as if that is not the caller's. */
export interface ServerPlace {
  /** Shared by the servers of this user. */
  base: string;
  folder: string;
  data: string;
  log: string;
  account: ServerAccount | undefined;
}

/** The files of a server within a folder. */
export function placeIn(folder: string, shared: Pick<ServerPlace, "base" | "account">): ServerPlace {
  return {
    ...shared,
    folder,
    data: join(folder, "data"),
    log: join(folder, "server.log"),
  };
}

/** The folder that the servers of this user share; made where it is not there. */
export async function serverBase(account: ServerAccount | undefined): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const base = join(await temporaryFolder(account), `pulumi-pg-migrations-${uid}`);
  await mkdir(base, { recursive: true, mode: 0o700 });
  const status = await lstat(base);
  if (!status.isDirectory() || status.uid !== uid) {
    throw new ShadowError(
      "SHADOW_UNAVAILABLE",
      `${base} belongs to someone else: remove it, or set TMPDIR to a folder of your own.`,
    );
  }
  // An account of the server's own has to pass through.
  await chmod(base, account === undefined ? 0o700 : 0o711);
  return base;
}

/** The system's temporary folder, or /tmp where the server's account has no way to the former. */
async function temporaryFolder(account: ServerAccount | undefined): Promise<string> {
  const folder = await realpath(tmpdir());
  if (account === undefined) return folder;
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const isPassable = ((await stat(ancestor)).mode & 0o001) !== 0;
    if (!isPassable) return "/tmp";
    if (ancestor === dirname(ancestor)) return folder;
  }
}

/** Makes the account that the server runs as the owner of one of its files. */
export async function giveToServer({ account }: ServerPlace, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** Writes a file that must not be there yet, and makes the server's account its owner. */
export async function writeNew({ account }: ServerPlace, path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    if (account !== undefined) await file.chown(account.uid, account.gid);
  } finally {
    await file.close();
  }
}
