import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { runOnce } from "./run-once.ts";
import { terminateSessions } from "./trial-database.ts";

/** An administrator ends the run's sessions, at a random message and a random delay later. */
export const fault: Fault = {
  name: "pg_terminate_backend",
  times: { short: 5, long: 30 },

  async inject({ order, database, messages, random, cleanUp }) {
    const number = random.between(1, messages);
    const waitMs = random.between(0, 40);
    let struck = "none";
    let terminated: Promise<void> | undefined;
    const tap = await openTap(cleanUp, database.port, {
      number,
      phase: "after",
      strike: (message) => {
        struck = message;
        terminated = sleep(waitMs).then(() => terminateSessions(database));
        return "pass";
      },
    });
    const report = await runOnce({ ...order, connection: { ...database, port: tap.port } });
    await terminated;
    return { description: `ended ${waitMs} ms after message ${number}, ${struck}`, reports: [report] };
  },
};
