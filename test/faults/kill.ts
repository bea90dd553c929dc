import type { Fault } from "./fault.ts";
import { openTap } from "./message-tap.ts";
import { type RunProcess, startRun } from "./run-process.ts";

/** The engine's process is killed at one of the messages that it sends. */
export const fault: Fault = {
  name: "SIGKILL at a message",
  times: { short: 14, long: 110 },

  async inject({ order, database, messages, random, cleanUp }) {
    const number = random.between(1, messages);
    const phase = random.one(["before", "after", "answer"]);
    let struck = "none";
    let run: RunProcess | undefined = undefined as RunProcess | undefined;
    const strike = (message: string): "hold" => {
      struck = message;
      run?.child.kill("SIGKILL");
      return "hold";
    };
    const tap = await openTap(cleanUp, database.port, { number, phase, strike });
    run = startRun({ ...order, connection: { ...database, port: tap.port } });
    const report = await run.report;
    return { description: `killed ${phase} message ${number} of ${messages}, ${struck}`, reports: [report] };
  },
};
