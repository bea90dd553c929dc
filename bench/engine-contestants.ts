import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestDatabase } from "../test/database.ts";
import type { MigrationScript } from "./migration-script.ts";
import type { Peer } from "./peers/peer.ts";
import { runProgram } from "./program.ts";

const program = fileURLToPath(import.meta.resolve("./engine-process.ts"));

/** The engine as a process of its own, start-up included, as the peers are: folders in Prisma's format. */
export const engineAsProcess: Peer = {
  name: "this package, as a process",

  async write(scripts, dir) {
    for (const script of scripts) await writeMigration(script, dir);
  },

  async apply(database, dir) {
    await runProgram(process.execPath, [program, dir], { environment: environmentOf(database) });
  },
};

async function writeMigration({ version, name, sql }: MigrationScript, dir: string): Promise<void> {
  await mkdir(join(dir, `${version}_${name}`));
  await writeFile(join(dir, `${version}_${name}`, "migration.sql"), sql);
}

/** What a process tells that has applied what was pending. */
export interface EngineReport {
  /** The most memory that the process has taken. */
  maxRssKilobytes: number;
}

/** What a process does, which one starts to measure how long it takes. */
export type EngineWork = "preflight" | "run";

/**
 * Starts a process that loads the engine, as Pulumi's own is there anyway; gives the function that lets it make the run, or
 * other `work`. What it has done `before` makes the difference between code that V8 has compiled and code that it is yet to
 * compile: in a deployment the process that makes a run has made its preflight.
 */
export async function loadEngine(
  database: TestDatabase,
  dir: string,
  { before, work: wanted = "run" }: { before?: EngineWork | undefined; work?: EngineWork } = {},
): Promise<() => Promise<EngineReport>> {
  const child = fork(program, [dir], { env: { ...process.env, ...environmentOf(database) } });
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}.`);
  });
  exited.catch(() => undefined);
  const said = async (): Promise<unknown> => {
    const [message] = (await Promise.race([once(child, "message"), exited])) as unknown[];
    return message;
  };
  const work = async (word: EngineWork): Promise<EngineReport> => {
    child.send(word);
    return (await said()) as EngineReport;
  };
  await said();
  if (before !== undefined) await work(before);
  return async () => {
    const report = await work(wanted);
    child.disconnect();
    return report;
  };
}

function environmentOf(database: TestDatabase): Record<string, string> {
  return { BENCH_CONNECTION: JSON.stringify(database) };
}
