import { setTimeout as sleep } from "node:timers/promises";
import { CleanUp } from "./clean-up.ts";
import type { Fault, Injection, Server } from "./fault.ts";
import { randomOf } from "./random.ts";
import { prepare, type Reference, referenceOf } from "./reference.ts";
import { planOptionsOf, type Scenario, scenarios } from "./scenario.ts";
import { createFolder, createTrialDatabase, suiteServer } from "./trial-database.ts";
import { judge, type Verdict } from "./verdict.ts";

/** The outcomes of all trials of one kind of fault. */
export interface Tally {
  name: string;
  impossible: string | undefined;
  injected: number;
  /** Number of runs that were killed, and so reported nothing. */
  killed: number;
  /** Number of runs that failed, and reported what was done. */
  failed: number;
  /** Number of runs that finished their work despite the fault. */
  recovered: number;
  converged: number;
  /** Number of trials with a violation. */
  violations: number;
}

/** The trials to run. */
export interface TrialsRequest {
  seed: number;
  form: "short" | "long";
  /** The number of a single trial. */
  trial: number | undefined;
  cleanUp: CleanUp;
}

/** Number of concurrent trials, if a fault allows it. */
const concurrency = 3;
const trialLimitMs = 120_000;

/** Runs the trials of some kinds of faults, one kind after the other. */
export async function runTrials(faults: readonly Fault[], request: TrialsRequest): Promise<Tally[]> {
  const server = suiteServer();
  const references = new Map<Scenario, Reference>(
    await Promise.all(
      scenarios.map(async (scenario) => [scenario, await referenceOf(server, scenario)] as const),
    ),
  );
  const tallies: Tally[] = [];
  for (const fault of faults) tallies.push(await runKind(fault, { ...request, server, references }));
  return tallies;
}

type KindRequest = TrialsRequest & { server: Server; references: Map<Scenario, Reference> };

async function runKind(fault: Fault, request: KindRequest): Promise<Tally> {
  const impossible = await fault.impossible?.();
  const none = { injected: 0, killed: 0, failed: 0, recovered: 0, converged: 0, violations: 0 };
  const tally: Tally = { name: fault.name, impossible, ...none };
  if (impossible !== undefined) return tally;
  const startedAt = performance.now();
  const own = new CleanUp();
  try {
    const server = (await fault.openServer?.(own)) ?? request.server;
    const all = Array.from({ length: fault.times[request.form] }, (_, number) => number);
    const numbers = request.trial === undefined ? all : [request.trial];
    const work = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift())
        await runTrial({ fault, number, tally }, { ...request, server });
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, fault.concurrency ?? concurrency) }, work));
  } finally {
    await own.end();
  }
  console.log(`${fault.name}: ${tally.injected} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return tally;
}

async function runTrial(
  { fault, number, tally }: { fault: Fault; number: number; tally: Tally },
  request: KindRequest,
): Promise<void> {
  const { seed, references } = request;
  const random = randomOf(seed, `${fault.name}#${number}`);
  const scenario = random.one(scenarios);
  const reference = references.get(scenario);
  if (reference === undefined) throw new Error(`${scenario.name} has no reference.`);
  const cleanUp = new CleanUp();
  let what = "not injected";
  const violations: string[] = [];
  try {
    const database = await createTrialDatabase(cleanUp, request.server, fault.tablespace);
    await prepare(database, scenario);
    const folder = await createFolder(cleanUp, scenario);
    const names = folder.migrations.map(({ name }) => name);
    const planOptions = planOptionsOf(scenario, names);
    const order = { connection: database, dir: folder.dir, planOptions, checks: scenario.checks };
    const trial = { scenario, folder, database, order, messages: reference.messages, random, cleanUp };
    const injection = await within(fault.inject(trial));
    what = injection.description;
    const verdict = await within(judge(trial, injection, reference));
    violations.push(...verdict.violations);
    count(tally, injection, verdict);
  } catch (error) {
    violations.push((error as Error).stack ?? String(error));
  }
  await cleanUp.end();
  tally.injected++;
  const place = `${scenario.name}, ${what} (--seed ${seed} --only "${fault.name}#${number}")`;
  if (process.env["FAULTS_VERBOSE"] !== undefined) console.log(`${fault.name}: ${place}`);
  for (const violation of violations) console.error(`VIOLATION in ${fault.name}: ${place}: ${violation}`);
  if (violations.length > 0) tally.violations++;
}

function count(tally: Tally, { reports }: Injection, { recovered, converged }: Verdict): void {
  if (reports.includes("killed")) tally.killed++;
  if (
    reports.some(
      (report) => report !== "killed" && (report.kind === "error" || report.result.failed !== undefined),
    )
  )
    tally.failed++;
  else if (recovered && !reports.includes("killed")) tally.recovered++;
  if (converged) tally.converged++;
}

async function within<Result>(work: Promise<Result>): Promise<Result> {
  const limit = sleep(trialLimitMs, undefined, { ref: false }).then(() => {
    throw new Error(`It did not end within ${trialLimitMs / 1000} s.`);
  });
  return Promise.race([work, limit]);
}
