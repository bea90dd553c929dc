import { setTimeout as sleep } from "node:timers/promises";
import { type Network, openNetwork } from "../network.ts";
import { CleanUp } from "./clean-up.ts";
import type { Fault, Injection, Trial } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { runOnce } from "./run-once.ts";

type Breakage = "reset" | "halfClose" | "stall";

/** Every connection is reset. */
export const reset: Fault = {
  name: "network: reset",
  times: { short: 2, long: 14 },
  inject: (trial) => breakNetwork(trial, "reset", 0),
};

/** The server's side is closed, and the run does not notice. */
export const halfOpen: Fault = {
  name: "network: half-open connection",
  times: { short: 1, long: 10 },
  inject: (trial) => breakNetwork(trial, "halfClose", 0),
};

/** Nothing arrives for a while. */
export const stall: Fault = {
  name: "network: stall, then new connections",
  times: { short: 2, long: 10 },
  inject: (trial) => breakNetwork(trial, "stall", trial.random.between(200, 2_500)),
};

/** Nothing arrives until the run has given up. */
export const silence: Fault = {
  name: "network: stall for good",
  times: { short: 1, long: 8 },
  inject: (trial) => breakNetwork(trial, "stall", undefined),
};

async function breakNetwork(
  { scenario, order, database, messages, random, cleanUp }: Trial,
  breakage: Breakage,
  resumeMs: number | undefined,
): Promise<Injection> {
  // Planning, before the run, is a session's first messages. Only the run itself detects silence.
  const planning = scenario.goal.target === undefined ? 5 : 6;
  const number = random.between(breakage === "reset" ? 1 : planning + 1, messages);
  const phase = random.one(["before", "after", "answer"]);
  let struck = "none";
  const until = new CleanUp();
  const network: Network = await openNetwork(until, database.port);
  const tap = await openTap(cleanUp, network.port, {
    number,
    phase,
    strike: (message) => {
      struck = message;
      network[breakage]();
      if (resumeMs !== undefined) void sleep(resumeMs).then(() => network.resume());
      return "pass";
    },
  });
  const connection = { ...database, port: tap.port, connectTimeoutSeconds: 2 };
  const options = { silenceMs: 1_000, reconnectMs: resumeMs === undefined ? 1_000 : 30_000 };
  const report = await runOnce({ ...order, connection, options });
  // Stalled connections are closed only now: a run that continued must have detected the loss itself.
  await until.end();
  return {
    description: `${breakage} ${phase} message ${number} of ${messages}, ${struck}`,
    reports: [report],
  };
}
