import { connect, planRun, stepInWords } from "../../engine/index.ts";
import { catalogDifferences, readCatalog } from "../../engine/postgres/catalog/catalog.ts";
import type { DatabaseState } from "../database-state.ts";
import type { Injection, Trial } from "./fault.ts";
import { differences, type LedgerClaim, readClaim, stateWithoutLedger } from "./observed-state.ts";
import type { Reference } from "./reference.ts";
import { liesOf } from "./report-truth.ts";
import { runOnce } from "./run-once.ts";
import type { Scenario } from "./scenario.ts";
import { locksLeft, sessionsLeft } from "./trial-database.ts";

/** The findings after a fault. */
export interface Verdict {
  /** The run with the fault finished its work by itself. */
  recovered: boolean;
  /** The next run brought the database to the state of an undisturbed one. */
  converged: boolean;
  violations: string[];
}

/** Inspects a database after a fault, and lets the next run continue. */
export async function judge(trial: Trial, injection: Injection, reference: Reference): Promise<Verdict> {
  const { scenario, folder, database, order } = trial;
  const left = await sessionsLeft(database, 30_000);
  const claim = await readClaim(database, scenario, folder);
  const found = [
    ...left.map((session) => `a session is left: ${session}`),
    ...partial(scenario, reference, { claim, state: await stateWithoutLedger(database) }),
    ...injection.reports.flatMap((report) => liesOf(report, { scenario, folder, claim })),
  ];
  const recovered = String(claim.applied) === String(scenario.final) && claim.attempt === undefined;
  const next = await runOnce(order);
  const hindered =
    next.kind === "error"
      ? [`the next run: ${next.message}`]
      : next.result.failed === undefined
        ? []
        : [`the next run failed: ${JSON.stringify(next.result.failed)}`];
  const unlike = [...hindered, ...(await unlikeUndisturbed(trial, reference))];
  return {
    recovered,
    converged: unlike.length === 0,
    violations: [...found, ...unlike.map((difference) => `after the next run: ${difference}`)],
  };
}

/** The differences between the database and its ledger. */
function partial(
  { steps, final }: Scenario,
  { states }: Reference,
  { claim, state }: { claim: LedgerClaim; state: DatabaseState },
): string[] {
  const { applied, attempt } = claim;
  const position = [...steps.map((one) => one.applied), final].findIndex(
    (one) => String(one) === String(applied),
  );
  const said = `the ledger says [${applied.join(", ")}]${attempt === undefined ? "" : ` and ${attempt.segments} segments of ${attempt.index}`}`;
  const step = steps[position];
  if (position < 0 || (attempt !== undefined && attempt.index !== step?.index))
    return [`${said}, which is not a state on the way`];
  const done = attempt?.segments ?? 0;
  const segment = step?.segments[done];
  const expected = states[position]?.[done];
  if (expected === undefined) return [`${said}, which are more than it has`];
  const exact = differences(expected, state);
  // A statement outside a transaction may be done or half done before the ledger can record it.
  const isOpen = segment?.alone === true && (attempt !== undefined || step?.direction === "down");
  const after = states[position]?.[done + 1];
  if (exact.length === 0 || !isOpen || after === undefined) return exact.map((one) => `${said}, but ${one}`);
  const tolerated = segment.between ?? /^$/;
  const half = differences(expected, state, tolerated);
  const whole = differences(after, state, tolerated);
  return half.length === 0 || whole.length === 0 ? [] : exact.map((one) => `${said}, but ${one}`);
}

async function unlikeUndisturbed(trial: Trial, { states, catalog }: Reference): Promise<string[]> {
  const { scenario, folder, database, order } = trial;
  const state = states.at(-1)?.[0];
  const claim = await readClaim(database, scenario, folder);
  const session = await connect(database);
  const { planOptions: options } = order;
  const left = (await planRun({ database: session, folder, options })).steps.map(stepInWords);
  const actual = await readCatalog(session);
  await session.close();
  return [
    ...catalogDifferences(catalog, actual),
    ...(state === undefined ? [] : differences(state, await stateWithoutLedger(database))),
    ...(String(claim.applied) === String(scenario.final)
      ? []
      : [`the ledger says [${claim.applied.join(", ")}]`]),
    ...(claim.attempt === undefined ? [] : ["the ledger has an unfinished attempt"]),
    ...left.map((step) => `${step} is still to be done`),
    ...(await sessionsLeft(database, 10_000)).map((one) => `a session is left: ${one}`),
    ...(await locksLeft(database)),
  ];
}
