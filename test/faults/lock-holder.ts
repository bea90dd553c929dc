import { setTimeout as sleep } from "node:timers/promises";
import { openClient, someTable } from "./client.ts";
import type { Fault, Injection, Trial } from "./fault.ts";
import { runOnce } from "./run-once.ts";

/** A client holds a lock that a migration needs, and releases it after a while. */
export const passing: Fault = {
  name: "client holds a lock for a while",
  times: { short: 1, long: 10 },
  inject: (trial) => holdLock(trial, trial.random.between(50, 2_500)),
};

/** A client holds such a lock until the run has given up. */
export const lasting: Fault = {
  name: "client holds a lock for good",
  times: { short: 1, long: 10 },
  inject: (trial) => holdLock(trial, undefined),
};

async function holdLock(
  { order, database, random, cleanUp }: Trial,
  heldMs: number | undefined,
): Promise<Injection> {
  const client = await openClient(cleanUp, database);
  const mode = random.one(["ACCESS SHARE", "ROW EXCLUSIVE", "ACCESS EXCLUSIVE"]);
  const waitMs = random.between(0, 150);
  // A CONCURRENTLY statement waits for a lock without limit; only a statement timeout ends it.
  const settings = { lockTimeoutMs: 100, ...(heldMs === undefined ? { statementTimeoutMs: 3_000 } : {}) };
  let hasEnded = false;
  const running = runOnce({
    ...order,
    settings,
    options: { lockRetryMs: heldMs === undefined ? 500 : 60_000 },
  }).finally(() => (hasEnded = true));
  await sleep(waitMs);
  const tables = await someTable(database, () => hasEnded);
  const table = tables && random.one(tables);
  const held = client
    .execute(
      `BEGIN; LOCK TABLE ${table ?? "pg_class"} IN ${table === undefined ? "ACCESS SHARE" : mode} MODE`,
    )
    .catch(() => undefined);
  // Dropping an invalid index also waits for the client without limit, because nothing waits for it.
  const longestMs = 8_000;
  await Promise.race([held.then(() => sleep(heldMs ?? longestMs, undefined, { ref: false })), running]);
  await client.leave();
  const report = await running;
  const forHowLong = heldMs === undefined ? "for good" : `for ${heldMs} ms`;
  return { description: `${table ?? "nothing"} in ${mode} mode ${forHowLong}`, reports: [report] };
}
