import { setTimeout as sleep } from "node:timers/promises";
import { query } from "../database-state.ts";
import type { TestDatabase } from "../database.ts";
import { openClient, tablesOf } from "./client.ts";
import type { Fault } from "./fault.ts";
import { runOnce } from "./run-once.ts";

/**
 * A client repeatedly locks the tables in an order that no migration uses, so that deadlocks occur. The server rolls
 * back the session whose deadlock timeout ends first.
 */
export const fault: Fault = {
  name: "deadlock with a client",
  times: { short: 1, long: 10 },

  async inject({ order, database, random, cleanUp }) {
    const [clientMs, runMs] = random.one([
      [10, 3_000],
      [3_000, 10],
    ] as const);
    await query(database, `ALTER DATABASE ${database.database} SET deadlock_timeout = '${runMs}ms'`);
    const client = await openClient(cleanUp, database);
    await client.execute(`SET deadlock_timeout = '${clientMs}ms'`);
    let hasEnded = false as boolean;
    let deadlocks = 0;
    const settings = { lockTimeoutMs: 5_000 };
    const running = runOnce({ ...order, settings }).finally(() => (hasEnded = true));
    while (!hasEnded) {
      const { first, second } = await nextPair(database);
      try {
        await client.execute(`BEGIN; SET LOCAL lock_timeout = '1s'; LOCK TABLE ${first}`);
        await sleep(random.between(0, 30));
        await client.execute(`LOCK TABLE ${second}; ROLLBACK`);
      } catch (error) {
        if ((error as { code?: string }).code === "40P01") deadlocks++;
        await client.execute("ROLLBACK").catch(() => undefined);
      }
      // The application pauses so that the migration can continue, as real clients do.
      await sleep(random.between(20, 150));
    }
    const report = await running;
    await client.leave();
    const found = await deadlocksIn(database);
    return {
      description: `the server found ${found} deadlocks, the client lost ${deadlocks}`,
      reports: [report],
    };
  },
};

/** Migrations lock the counter last, if at all. */
async function nextPair(database: TestDatabase): Promise<{ first: string; second: string }> {
  const tables = await tablesOf(database);
  const others = tables.filter((name) => name !== "counter");
  return tables.includes("counter") && others.length > 0
    ? { first: "counter", second: others.join(", ") }
    : { first: "pg_description", second: "pg_seclabel" };
}

async function deadlocksIn(database: TestDatabase): Promise<number> {
  const [row] = await query<{ deadlocks: string }>(
    database,
    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
  );
  return Number(row?.deadlocks ?? 0);
}
