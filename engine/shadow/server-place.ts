import { chmod, chown, lstat, mkdir, open, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ServerAccount } from "./server-programs.ts";
import { ShadowError } from "./shadow-error.ts";

/** The files of a server, and the account it runs as if that differs from the caller's. */
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

/** The folder that the servers of this user share. It is created if it does not exist. */
export async function serverBase(account: ServerAccount | undefined): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const base = join(await temporaryFolder(account), `pulumi-pg-migrations-${uid}`);
  await mkdir(base, { recursive: true, mode: 0o700 });
  const status = await lstat(base);
  if (!status.isDirectory() || status.uid !== uid) {
    throw new ShadowError(
      "SHADOW_UNAVAILABLE",
      `${base} belongs to another user. Remove it, or set TMPDIR to a folder of your own.`,
    );
  }
  // The server's account must be able to pass through.
  await chmod(base, account === undefined ? 0o700 : 0o711);
  return base;
}

/** The system's temporary folder, or /tmp if the server's account cannot access the former. */
async function temporaryFolder(account: ServerAccount | undefined): Promise<string> {
  const folder = await realpath(tmpdir());
  if (account === undefined) return folder;
  for (let ancestor = folder; ; ancestor = dirname(ancestor)) {
    const isPassable = ((await stat(ancestor)).mode & 0o001) !== 0;
    if (!isPassable) return "/tmp";
    if (ancestor === dirname(ancestor)) return folder;
  }
}

/** Changes the owner of one of the server's files to the account that it runs as. */
export async function giveToServer({ account }: ServerPlace, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** Writes a file that must not exist yet, and gives it to the server's account. */
export async function writeNew({ account }: ServerPlace, path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    if (account !== undefined) await file.chown(account.uid, account.gid);
  } finally {
    await file.close();
  }
}
