import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  freePort,
  initializeServer,
  serverHost,
  serverSuperuser,
  startServer,
} from "../../engine/shadow/server-cluster.ts";
import { placeIn, serverBase, type ServerPlace } from "../../engine/shadow/server-place.ts";
import { endServer, waitUntilReady } from "../../engine/shadow/server-process.ts";
import { unprivilegedAccount } from "../../engine/shadow/server-programs.ts";
import { query } from "../database-state.ts";
import type { Fault, Server } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { runOnce } from "./run-once.ts";
import { openSmallDisk, type SmallDisk, whyNoDisk } from "./small-disk.ts";
import { isAnswering, suiteServer } from "./trial-database.ts";

let disk: SmallDisk | undefined;

/** The database's own tables run out of space: a tablespace on a small file system, which is filled. */
export const tables: Fault = {
  name: "disk full: tables",
  times: { short: 2, long: 12 },
  concurrency: 1,
  impossible: whyNoDisk,
  tablespace: "small_disk",

  async openServer(cleanUp) {
    disk = await openSmallDisk(cleanUp, 48);
    const location = join(disk.path, "tablespace");
    await mkdir(location, { mode: 0o700 });
    const account = await unprivilegedAccount();
    if (account !== undefined) await chown(location, account.uid, account.gid);
    const maintenance = { ...suiteServer(), database: "postgres" };
    await query(maintenance, `CREATE TABLESPACE small_disk LOCATION '${location}'`);
    cleanUp.after(() => query(maintenance, "DROP TABLESPACE small_disk"));
    return suiteServer();
  },

  async inject({ order, random }) {
    const leaveBytes = random.between(0, 60) * 8192;
    await disk?.fill(leaveBytes);
    const report = await runOnce(order);
    await disk?.empty();
    return { description: `${leaveBytes} bytes left`, reports: [report] };
  },
};

let place: ServerPlace | undefined;
let walDisk: SmallDisk | undefined;

/** The write-ahead log runs out of space. The server stops at once, and is restarted when there is space. */
export const log: Fault = {
  name: "disk full: write-ahead log",
  times: { short: 1, long: 8 },
  concurrency: 1,
  impossible: whyNoDisk,

  async openServer(cleanUp) {
    walDisk = await openSmallDisk(cleanUp, 256);
    const account = await unprivilegedAccount();
    const folder = join(walDisk.path, "server");
    await mkdir(folder, { mode: 0o711 });
    const own = placeIn(folder, { base: await serverBase(account), account });
    place = own;
    const password = await initializeServer(own, {});
    const server = { host: serverHost, port: await freePort(), user: serverSuperuser, password };
    cleanUp.after(() => endServer(own));
    await startAgain(server);
    return server;
  },

  async inject({ order, database, messages, random, cleanUp }) {
    const number = random.between(1, messages);
    let struck = "none";
    let full: Promise<void> | undefined;
    const tap = await openTap(cleanUp, database.port, {
      number,
      phase: "after",
      strike: (message) => {
        struck = message;
        full = fillLog(database);
        return "pass";
      },
    });
    const connection = { ...database, port: tap.port };
    const report = await runOnce({ ...order, connection, options: { reconnectMs: 60_000 } });
    await full;
    return { description: `after message ${number} of ${messages}, ${struck}`, reports: [report] };
  },
};

/** Fills the disk, makes the server request new files of the log until one does not fit, and frees the space. */
async function fillLog(database: Server & { database: string }): Promise<void> {
  await walDisk?.fill(0);
  try {
    for (let file = 0; file < 12; file++)
      await query(database, "SELECT pg_logical_emit_message(false, 'faults', 'x'), pg_switch_wal()");
    throw new Error("The log did not fill the disk.");
  } catch (error) {
    if ((error as Error).message.startsWith("The log did not")) throw error;
  }
  await sleep(300);
  await walDisk?.empty();
  await startAgain(database);
}

async function startAgain(server: Server): Promise<void> {
  if (place === undefined) return;
  const settings = { max_wal_size: "48MB", min_wal_size: "32MB" };
  for (let attempt = 0; attempt < 50; attempt++) {
    const isRunning =
      (await waitUntilReady(place)) !== undefined || (await startServer(place, server.port, { settings }));
    if (isRunning && (await isAnswering(server))) return;
    await sleep(200);
  }
  throw new Error("The server did not start again.");
}
