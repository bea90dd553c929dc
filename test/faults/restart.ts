import { startEmbeddedServer, stopEmbeddedServer } from "../../scripts/embedded-postgres.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Server } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { runOnce } from "./run-once.ts";
import { isAnswering } from "./trial-database.ts";

const name = `faults-restart-${process.pid}`;
let dataDirectory = "";

/** A server with production's durability settings is shut down during a run, and restarted. */
export const fault: Fault = {
  name: "server restart (immediate, fast)",
  times: { short: 2, long: 16 },
  concurrency: 1,

  async openServer(cleanUp) {
    cleanUp.after(() => stopEmbeddedServer(name));
    const { dataDirectory: data, ...server } = await startEmbeddedServer({ name });
    dataDirectory = data;
    return server;
  },

  async inject({ order, database, messages, random, cleanUp }) {
    const number = random.between(1, messages);
    const mode = random.one(["immediate", "fast"]);
    const waitMs = random.between(0, 30);
    let struck = "none";
    let restarted: Promise<unknown> | undefined;
    const tap = await openTap(cleanUp, database.port, {
      number,
      phase: "after",
      strike: (message) => {
        struck = message;
        restarted = sleep(waitMs).then(() => restart(mode, database));
        return "pass";
      },
    });
    const connection = { ...database, port: tap.port };
    const report = await runOnce({ ...order, connection, options: { reconnectMs: 60_000 } });
    await restarted;
    return { description: `${mode} ${waitMs} ms after message ${number}, ${struck}`, reports: [report] };
  },
};

async function restart(mode: "immediate" | "fast", server: Server): Promise<void> {
  const pid = await serverPid();
  process.kill(Number(pid), mode === "immediate" ? "SIGQUIT" : "SIGINT");
  while ((await serverPid()) === pid || !(await isAnswering(server))) {
    await sleep(50);
    // Returns at once while the old one is still shutting down.
    await startEmbeddedServer({ name, port: server.port });
  }
}

async function serverPid(): Promise<string | undefined> {
  return (await readFile(join(dataDirectory, "postmaster.pid"), "utf8").catch(() => "")).split("\n")[0];
}
