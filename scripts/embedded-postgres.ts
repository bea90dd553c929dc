import { createHash } from "node:crypto";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  freePort,
  initializeServer,
  serverFailure,
  serverHost,
  serverSuperuser,
  startServer,
} from "../engine/shadow/server-cluster.ts";
import { placeIn, serverBase, type ServerPlace } from "../engine/shadow/server-place.ts";
import { endServer, waitUntilReady } from "../engine/shadow/server-process.ts";
import { unprivilegedAccount } from "../engine/shadow/server-programs.ts";

/** The address of a running PostgreSQL server that this checkout has started. */
export interface EmbeddedServer {
  /** The loopback address; the server listens only there. */
  host: string;
  port: number;
  user: string;
  /** Random, and unchanged until the server's data are removed. */
  password: string;
  dataDirectory: string;
}

/** The server to start, with its options. */
export interface EmbeddedServerOptions {
  /** Distinguishes the servers of one checkout: lower-case letters, digits and hyphens. */
  name: string;
  /** Default: the port of the last start if it is still free, else any free one. A running server keeps its port. */
  port?: number;
  /** Entries of postgresql.conf. Default: none. A running server keeps its settings. */
  settings?: Record<string, string>;
  /** A folder with initdb and pg_ctl of another PostgreSQL. Default: that of the npm package. */
  programs?: string;
}

interface ServerState {
  password: string;
  port?: number;
}

const startAttempts = 3;

/**
 * Starts a PostgreSQL server that outlives this process, or returns the running one with this name. A server that died
 * is restarted on its data.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const place = await locateServer(options.name);
  const state = await ensureData(place, options);
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = (await waitUntilReady(place)) ?? (await startProcess(place, state, options));
    if (port !== undefined) {
      const { password } = state;
      return { host: serverHost, port, user: serverSuperuser, password, dataDirectory: place.data };
    }
    // Another process took the port, or those of a killed server have not released its memory yet.
    await sleep(500);
  }
  throw await serverFailure(
    place,
    `PostgreSQL "${options.name}" does not start. To start without data, remove ${place.folder}.`,
  );
}

/** Stops the server with this name and removes its data. Does nothing if there is none. */
export async function stopEmbeddedServer(name: string): Promise<void> {
  const place = await locateServer(name);
  await endServer(place);
  const discarded = `${place.folder}.discarded-${process.pid}`;
  await rename(place.folder, discarded).catch(ignoreMissing);
  await rm(discarded, { recursive: true, force: true, maxRetries: 5 });
}

/** The place of the server with this name, which differs from that of the same name in another checkout. */
async function locateServer(name: string): Promise<ServerPlace> {
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new Error(`"${name}" cannot be the name of a server. Use lower-case letters, digits and hyphens.`);
  }
  const account = await unprivilegedAccount();
  const base = await serverBase(account);
  const checkout = createHash("sha256")
    .update(dirname(import.meta.dirname))
    .digest("hex")
    .slice(0, 12);
  return placeIn(join(base, `${name}-${checkout}`), { base, account });
}

async function ensureData(place: ServerPlace, options: EmbeddedServerOptions): Promise<ServerState> {
  const state = await readState(place);
  if (state !== undefined) return state;
  // Data without their state are useless: the password is lost.
  await stopEmbeddedServer(options.name);
  return await createData(place, options);
}

/** Builds the server's folder under another name, so that it is complete as soon as it appears. */
async function createData(place: ServerPlace, options: EmbeddedServerOptions): Promise<ServerState> {
  const unfinished = placeIn(await mkdtemp(`${place.folder}.new-`), place);
  try {
    const state = { password: await initializeServer(unfinished, options) };
    await writeState(unfinished, state);
    await rename(unfinished.folder, place.folder);
    return state;
  } catch (error) {
    await rm(unfinished.folder, { recursive: true, force: true });
    // Another process was faster.
    const state = await readState(place);
    if (state !== undefined) return state;
    throw error;
  }
}

/** The port of the started server; undefined if it did not start. */
async function startProcess(
  place: ServerPlace,
  state: ServerState,
  options: EmbeddedServerOptions,
): Promise<number | undefined> {
  const port = options.port ?? (await freePort(state.port));
  if (!(await startServer(place, port, options))) return undefined;
  await writeState(place, { ...state, port });
  return port;
}

async function readState(place: ServerPlace): Promise<ServerState | undefined> {
  const content = await readFile(stateFile(place), "utf8").catch(ignoreMissing);
  return content === undefined ? undefined : (JSON.parse(content) as ServerState);
}

async function writeState(place: ServerPlace, state: ServerState): Promise<void> {
  const unfinished = `${stateFile(place)}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(state), { mode: 0o600 });
  await rename(unfinished, stateFile(place));
}

function stateFile({ folder }: ServerPlace): string {
  return join(folder, "state.json");
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
