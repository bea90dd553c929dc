import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { applyRun, connect, type Connection, planRun, readFolder } from "../../../engine/index.ts";

/** A run in a separate process, as from another checkout. */
export interface RunProcess {
  child: ChildProcess;
  /** The names that it has applied. Rejects with its standard error if it failed. */
  applied: Promise<string[]>;
}

/** Starts a process that plans and applies a folder. */
export function startRun(t: TestContext, request: { connection: Connection; dir: string }): RunProcess {
  const child = spawn(process.execPath, [import.meta.filename], {
    env: { ...process.env, RUN_REQUEST: JSON.stringify(request) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  return { child, applied: outcomeOf(child) };
}

async function outcomeOf(child: ChildProcess): Promise<string[]> {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`The run ended with ${code ?? "a signal"}: ${texts.stderr}`);
  return JSON.parse(texts.stdout) as string[];
}

const request = process.env["RUN_REQUEST"];
if (import.meta.main && request !== undefined) {
  const { connection, dir } = JSON.parse(request) as { connection: Connection; dir: string };
  const [database, folder] = [await connect(connection), await readFolder({ dir })];
  const { applied, failed } = await applyRun({
    database,
    folder,
    steps: (await planRun({ database, folder })).steps,
  });
  await database.close();
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
  process.stdout.write(JSON.stringify(applied.map(({ name }) => name)));
}
