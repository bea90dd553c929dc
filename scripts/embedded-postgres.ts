import { randomBytes } from "node:crypto";
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  locateServer,
  placeIn,
  readServerProcess,
  removeMisleadingLock,
  runForServer,
  waitUntilReady,
  type ServerPlace,
} from "./embedded-postgres-process.ts";
import { findPostgresPrograms, type PostgresPrograms } from "./postgres-programs.ts";

/** How to reach a running PostgreSQL server that this checkout has started for itself. */
export interface EmbeddedServer {
  /** The loopback address; the server listens on nothing else. */
  host: string;
  port: number;
  /** The superuser. */
  user: string;
  /** Random, and the same until the server's data are removed. */
  password: string;
  dataDirectory: string;
}

/** Which server to start, and how. */
export interface EmbeddedServerOptions {
  /** Tells the servers of one checkout apart: lower-case letters, digits and hyphens. */
  name: string;
  /** Default: the port of the last start if it is still free, else any free one. A running server keeps its own. */
  port?: number;
  /** Entries of postgresql.conf. Default: none. A running server keeps those it was started with. */
  settings?: Record<string, string>;
  /** A folder with initdb and pg_ctl of another PostgreSQL. Default: that of the npm package. */
  programs?: string;
}

interface ServerState {
  password: string;
  port?: number;
}

const host = "127.0.0.1";
const superuser = "postgres";
const settingsFile = "embedded.conf";
const startAttempts = 3;

/**
 * Starts a PostgreSQL server that outlives this process, or returns the one that already runs under
 * this name. A server that died is started again on its data.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const place = await locateServer(options.name);
  const state = await ensureData(place, options);
  for (let attempt = 1; attempt <= startAttempts; attempt++) {
    const port = (await waitUntilReady(place)) ?? (await startProcess(place, state, options));
    if (port !== undefined) {
      return { host, port, user: superuser, password: state.password, dataDirectory: place.data };
    }
    // Another process took the port, or those of a killed server have not let go of its memory yet.
    await sleep(500);
  }
  throw await failureOf(
    place,
    `PostgreSQL "${options.name}" does not start; to begin with no data, remove ${place.folder}.`,
  );
}

/** Stops the server of this name and removes its data; does nothing when there is none. */
export async function stopEmbeddedServer(name: string): Promise<void> {
  const place = await locateServer(name);
  // An immediate shutdown writes no checkpoint, which data about to be removed do not need.
  await signalServer(place, "SIGQUIT");
  await signalServer(place, "SIGKILL");
  const discarded = `${place.folder}.discarded-${process.pid}`;
  await rename(place.folder, discarded).catch(ignoreMissing);
  await rm(discarded, { recursive: true, force: true, maxRetries: 5 });
}

async function signalServer(place: ServerPlace, signal: "SIGQUIT" | "SIGKILL"): Promise<void> {
  const deadline = Date.now() + 10_000;
  const server = await readServerProcess(place);
  if (server === undefined) return;
  process.kill(server.pid, signal);
  while (Date.now() < deadline && (await readServerProcess(place)) !== undefined) await sleep(20);
}

async function ensureData(place: ServerPlace, options: EmbeddedServerOptions): Promise<ServerState> {
  const state = await readState(place);
  if (state !== undefined) return state;
  // Data without their state are of no use: nobody knows the password.
  await stopEmbeddedServer(options.name);
  return await createData(place, options);
}

/** Builds the server's folder under another name, so that it is complete as soon as it is there. */
async function createData(place: ServerPlace, options: EmbeddedServerOptions): Promise<ServerState> {
  const unfinished = placeIn(await mkdtemp(`${place.folder}.new-`), place);
  try {
    const state = await initialize(unfinished, options);
    await rename(unfinished.folder, place.folder);
    return state;
  } catch (error) {
    await rm(unfinished.folder, { recursive: true, force: true });
    // Another process was quicker.
    const state = await readState(place);
    if (state !== undefined) return state;
    throw error;
  }
}

async function initialize(place: ServerPlace, options: EmbeddedServerOptions): Promise<ServerState> {
  const state = { password: randomBytes(24).toString("base64url") };
  const passwordFile = join(place.folder, "password");
  if (place.account !== undefined) await chmod(place.folder, 0o711);
  await mkdir(place.data, { mode: 0o700 });
  await writeFile(place.log, "", { mode: 0o600 });
  await writeFile(passwordFile, state.password, { mode: 0o600 });
  for (const path of [place.data, place.log, passwordFile]) await giveToServer(place, path);

  const { initdb } = await programsFor(place, options);
  // Servers before 17 have no locales of their own.
  const builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const locale = ["--encoding=UTF8", "--locale=C", ...(options.programs === undefined ? builtin : [])];
  const access = [`--username=${superuser}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const args = [`--pgdata=${place.data}`, ...locale, ...access, "--no-sync", "--no-instructions"];
  if (!(await runForServer(place, initdb, args))) throw await failureOf(place, "initdb failed.");

  await appendFile(join(place.data, "postgresql.conf"), `\ninclude '${settingsFile}'\n`);
  await rm(passwordFile);
  await writeState(place, state);
  return state;
}

async function programsFor(
  place: ServerPlace,
  { programs }: EmbeddedServerOptions,
): Promise<PostgresPrograms> {
  if (programs === undefined) return await findPostgresPrograms(place);
  return { initdb: join(programs, "initdb"), pgCtl: join(programs, "pg_ctl") };
}

/** The port of the started server, or undefined when it did not start. */
async function startProcess(
  place: ServerPlace,
  state: ServerState,
  options: EmbeddedServerOptions,
): Promise<number | undefined> {
  const port = options.port ?? (await freePort(state.port));
  await writeSettings(place, {
    ...options.settings,
    listen_addresses: host,
    port: String(port),
    // A socket's path is limited to about 100 characters, which a temporary folder can exceed.
    unix_socket_directories: "",
  });
  await removeMisleadingLock(place);
  const { pgCtl } = await programsFor(place, options);
  await writeFile(place.log, "");
  const args = ["start", "--wait", "--silent", `--pgdata=${place.data}`, `--log=${place.log}`];
  if (!(await runForServer(place, pgCtl, args))) return undefined;
  await writeState(place, { ...state, port });
  return port;
}

async function writeSettings(place: ServerPlace, settings: Record<string, string>): Promise<void> {
  const quoted = (value: string) => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  const path = join(place.data, settingsFile);
  await writeFile(path, lines.join(""), { mode: 0o600 });
  await giveToServer(place, path);
}

async function giveToServer({ account }: ServerPlace, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** The preferred port if nobody listens there, else one that the system picks. */
async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort())));
    server.listen({ port: preferred, host }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : preferred));
    });
  });
}

async function readState(place: ServerPlace): Promise<ServerState | undefined> {
  const content = await readFile(place.state, "utf8").catch(ignoreMissing);
  return content === undefined ? undefined : (JSON.parse(content) as ServerState);
}

async function writeState(place: ServerPlace, state: ServerState): Promise<void> {
  const unfinished = `${place.state}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(state), { mode: 0o600 });
  await rename(unfinished, place.state);
}

async function failureOf(place: ServerPlace, summary: string): Promise<Error> {
  const log = await readFile(place.log, "utf8").catch(ignoreMissing);
  const lastLines = (log ?? "").trim().split("\n").slice(-15).join("\n");
  return new Error(`${summary} The end of its log:\n${lastLines}`);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
