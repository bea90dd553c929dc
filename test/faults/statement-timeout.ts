import type { Fault } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { runOnce } from "./run-once.ts";
import { query } from "../database-state.ts";

/** A statement exceeds its time limit. */
export const fault: Fault = {
  name: "statement_timeout",
  times: { short: 2, long: 10 },

  async inject({ order, random }) {
    const statementTimeoutMs = random.between(1, 45);
    const report = await runOnce({ ...order, settings: { statementTimeoutMs } });
    return { description: `statements may take ${statementTimeoutMs} ms`, reports: [report] };
  },
};

/** A user cancels the run's statement. */
export const cancel: Fault = {
  name: "pg_cancel_backend",
  times: { short: 4, long: 60 },

  async inject({ order, database, messages, random, cleanUp }) {
    const number = random.between(1, messages);
    let struck = "none";
    let cancelled: Promise<unknown> | undefined;
    const tap = await openTap(cleanUp, database.port, {
      number,
      phase: "after",
      strike: (message) => {
        struck = message;
        cancelled = query(
          database,
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'pulumi-pg-migrations'`,
        );
        return "pass";
      },
    });
    const report = await runOnce({ ...order, connection: { ...database, port: tap.port } });
    await cancelled;
    return { description: `cancelled after message ${number} of ${messages}, ${struck}`, reports: [report] };
  },
};
