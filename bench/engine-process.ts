// Applies what is pending, by the engine and without Pulumi: `node engine-process.ts <folder>`, the connection in
// BENCH_CONNECTION. Started with a channel to its parent it loads the engine, says so, and makes the preflight or the run
// each time that it gets the word; then it says how much memory it took at most. It goes when the channel is closed.
import { applyRun, type Connection, connect, planRun, preflight, readFolder } from "../engine/index.ts";

const connection = JSON.parse(process.env["BENCH_CONNECTION"] ?? "{}") as Connection;
const [dir = ""] = process.argv.slice(2);

if (process.send === undefined) await applyPending();
else {
  process.on("message", (word) => {
    const work = word === "preflight" ? lookAhead() : applyPending();
    void work.then(() => process.send?.({ maxRssKilobytes: process.resourceUsage().maxRSS }));
  });
  process.send("ready");
}

async function lookAhead(): Promise<void> {
  await preflight({ connection, folder: await readFolder({ dir }) });
}

async function applyPending(): Promise<void> {
  // While the server makes a process for the session, the folder is read.
  const opening = connect(connection, { lockTimeoutMs: 2000 });
  const folder = await readFolder({ dir });
  const database = await opening;
  try {
    const { steps } = await planRun({ database, folder });
    if (steps.length === 0) return;
    const { failed } = await applyRun({ database, folder, steps });
    if (failed !== undefined) throw new Error(JSON.stringify(failed));
  } finally {
    await database.close();
  }
}
