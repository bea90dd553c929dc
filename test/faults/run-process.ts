import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type RunOrder, runOnce, type RunReport } from "./run-once.ts";

/** A run in a separate process, as in a provider. */
export interface RunProcess {
  child: ChildProcess;
  /** Its report; `killed` if it could not report any more. */
  report: Promise<RunReport | "killed">;
}

/** Starts a process that runs. */
export function startRun(order: RunOrder): RunProcess {
  const child = spawn(process.execPath, [import.meta.filename], {
    env: { ...process.env, FAULTS_RUN: JSON.stringify(order) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { child, report: reportOf(child) };
}

async function reportOf(child: ChildProcess): Promise<RunReport | "killed"> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (signal === "SIGKILL") return "killed";
  if (code !== 0) throw new Error(`The run's process ended with ${code ?? signal ?? "nothing"}.`);
  return JSON.parse(text) as RunReport;
}

const order = process.env["FAULTS_RUN"];
if (import.meta.main && order !== undefined)
  process.stdout.write(JSON.stringify(await runOnce(JSON.parse(order) as RunOrder)));
