import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Injection, Trial } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { type RunProcess, startRun } from "./run-process.ts";

/** Four processes run the same folder at once. */
export const four: Fault = {
  name: "four runners at once",
  times: { short: 1, long: 8 },
  concurrency: 1,
  inject: (trial) => runFour(trial, false),
};

/** One of the four is killed. */
export const fourAndAKill: Fault = {
  name: "four runners, one killed",
  times: { short: 1, long: 10 },
  concurrency: 1,
  inject: (trial) => runFour(trial, true),
};

async function runFour(
  { order, database, messages, random, cleanUp }: Trial,
  kills: boolean,
): Promise<Injection> {
  const number = random.between(1, messages);
  let struck = "none";
  const processes: RunProcess[] = [];
  // The holder of the lock is working. The victim is the first to send this number of messages, working or waiting.
  const tap = await openTap(cleanUp, database.port, {
    number,
    phase: random.one(["before", "after", "answer"]),
    strike: (message) => {
      if (!kills) return "pass";
      struck = message;
      processes[0]?.child.kill("SIGKILL");
      return "hold";
    },
  });
  processes.push(startRun({ ...order, connection: { ...database, port: tap.port } }));
  // The others then wait or take over.
  if (kills) await sleep(random.between(0, 300));
  processes.push(...[1, 2, 3].map(() => startRun(order)));
  const reports = await Promise.all(processes.map(({ report }) => report));
  const applied = reports.flatMap((report) =>
    report === "killed" || report.kind === "error" ? [] : report.result.applied.map(({ name }) => name),
  );
  const twice = applied.filter((name, index) => applied.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`Two runners say that they have applied ${twice.join(", ")}.`);
  return { description: kills ? `one killed at its message ${number}, ${struck}` : "none killed", reports };
}
