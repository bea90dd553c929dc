import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import pg from "pg";
import { withDatabase } from "../engine/postgres/session/connect.ts";
import {
  freePort,
  initializeServer,
  serverFailure,
  serverHost,
  serverSuperuser,
  startServer,
} from "../engine/shadow/server-cluster.ts";
import { giveToServer, placeIn, serverBase, type ServerPlace } from "../engine/shadow/server-place.ts";
import { endServer } from "../engine/shadow/server-process.ts";
import { unprivilegedAccount } from "../engine/shadow/server-programs.ts";
import type { TestDatabase } from "./database.ts";
import { until } from "./integration/target.ts";

/** A primary and a physical standby that streams from it, with the PostgreSQL of the test run. */
export interface Replication {
  primary: TestDatabase;
  /** The primary knows it as `standby`. */
  standby: TestDatabase;
  /** Stops both and removes their files. */
  close(): Promise<void>;
}

const settings = {
  fsync: "off",
  // Only the tests must write.
  autovacuum: "off",
  // The standby starts where the primary started, however much has been written since.
  wal_keep_size: "512MB",
};

/** Starts both; resolves when the standby streams. */
export async function startReplication(): Promise<Replication> {
  const account = await unprivilegedAccount();
  const base = await serverBase(account);
  const placeOf = async (name: string): Promise<ServerPlace> =>
    placeIn(await mkdtemp(join(base, `${name}-${process.pid}-`)), { base, account });
  const places = { primary: await placeOf("primary"), standby: await placeOf("standby") };
  const close = async (): Promise<void> => {
    for (const place of [places.standby, places.primary]) {
      await endServer(place);
      await rm(place.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  };
  try {
    return { ...(await startBoth(places)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startBoth(places: {
  primary: ServerPlace;
  standby: ServerPlace;
}): Promise<Omit<Replication, "close">> {
  const password = await initializeServer(places.primary, { programs });
  // The files of a server that has never run are a base backup of it.
  await promisify(execFile)("cp", ["-a", `${places.primary.folder}/.`, places.standby.folder]);
  const signal = join(places.standby.data, "standby.signal");
  await writeFile(signal, "");
  await giveToServer(places.standby, signal);

  const primary = await start(places.primary, password, settings);
  const source = `host=${serverHost} port=${primary.port} user=${serverSuperuser} password=${password}`;
  const standby = await start(places.standby, password, {
    ...settings,
    primary_conninfo: `${source} application_name=standby`,
  });
  await withDatabase(primary, (database) =>
    until(database, "SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn IS NOT NULL"),
  );
  return { primary, standby };
}

const programs = process.env["TEST_POSTGRES_PROGRAMS"];

async function start(
  place: ServerPlace,
  password: string,
  entries: Record<string, string>,
): Promise<TestDatabase> {
  const port = await freePort();
  if (!(await startServer(place, port, { programs, settings: entries })))
    throw await serverFailure(place, "A server of a test does not start.");
  return { host: serverHost, port, user: serverSuperuser, password, database: "postgres" };
}

/** Makes a server stream to a replication client that reads nothing, until the test ends. */
export async function receive(
  t: Pick<TestContext, "after">,
  server: TestDatabase,
  command: string,
): Promise<void> {
  const client = new pg.Client({ ...server, replication: "true" } as pg.ClientConfig);
  client.on("error", () => undefined);
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  t.after(() => stream.destroy());
  client.query(command).catch(() => undefined);
  stream.pause();
}
