import type { Folder, RunResult } from "../../engine/index.ts";
import type { LedgerClaim } from "./observed-state.ts";
import type { RunReport } from "./run-once.ts";
import type { Scenario } from "./scenario.ts";

/** The facts to compare a report with. */
interface Reality {
  scenario: Scenario;
  folder: Folder;
  claim: LedgerClaim;
}

/** Errors that a run may report if it could not do its work, and that need no person. */
const expectedErrors = ["ConnectionError", "LockHeldError", "RunRefusedError", "StatementFailure"];

/** The false statements in a run's report. */
export function liesOf(report: RunReport | "killed", reality: Reality): string[] {
  if (report === "killed") return [];
  const lies = report.kind === "result" ? liesOfResult(report.result, reality) : liesOfError(report, reality);
  return lies.map((lie) => `the run's report: ${lie}`);
}

function liesOfResult({ failed, ...result }: RunResult, { scenario, folder, claim }: Reality): string[] {
  const applied = new Set(claim.applied.map((index) => folder.migrations[index]?.name ?? ""));
  const attempted = claim.attempt && folder.migrations[claim.attempt.index]?.name;
  const isFinal = String(claim.applied) === String(scenario.final) && attempted === undefined;
  const isThere = failed !== undefined && applied.has(failed.name) === (failed.direction === "up");
  return [
    ...(failed === undefined && !isFinal ? ["success, but not all is done"] : []),
    ...result.applied.filter(({ name }) => !applied.has(name)).map(({ name }) => `${name} is not applied`),
    ...result.rolledBack
      .filter(({ name }) => applied.has(name))
      .map(({ name }) => `${name} is still applied`),
    ...result.unapplied.filter((name) => applied.has(name)).map((name) => `${name} is applied after all`),
    ...(isThere && failed.outcome !== "committed" ? [`${failed.name} did not fail`] : []),
    ...(failed?.outcome === "unfinished" && attempted !== failed.name
      ? [`${failed.name} is not unfinished`]
      : []),
    ...(failed !== undefined && failed.outcome !== "unfinished" && attempted === failed.name
      ? [`${failed.name} is ${failed.outcome}, but the ledger has an unfinished attempt`]
      : []),
    ...(failed !== undefined && failed.error === undefined ? [`${failed.name} failed without an error`] : []),
  ];
}

function liesOfError(
  { name, message, stack }: Extract<RunReport, { kind: "error" }>,
  { scenario, folder, claim }: Reality,
): string[] {
  if (!expectedErrors.includes(name))
    return [`an error that needs a person, or is none of ours: ${stack ?? message}`];
  const [, listed] = /This run had done before: (.*?)(?:; |\.(?: |$))/.exec(message) ?? [];
  const isSilent = listed === undefined && !message.includes("This run had applied nothing before");
  const [, doubted, isDoubt] = /; (?:whether )?(\S+) was(?:, is (in doubt))?/.exec(message) ?? [];
  // A baseline is declared, not applied.
  const declared = scenario.goal.baseline === undefined ? [] : [...Array(scenario.goal.baseline + 1).keys()];
  const initial = new Set([...(scenario.steps[0]?.applied ?? []), ...declared]);
  const now = new Set(claim.applied);
  const done = folder.migrations.filter(
    (_, index) => now.has(index) !== initial.has(index) && !declared.includes(index),
  );
  const names = new Set(done.map((migration) => migration.name));
  if (isSilent) return [...names].map((one) => `nothing of what was done, but ${one} was: ${message}`);
  const told = (listed ?? "")
    .split(", ")
    .flatMap((one) => (one === "" ? [] : [one.replace(" (rolled back)", "")]));
  const claimsDone = / was (applied|rolled back) completely/.test(message);
  return [
    ...told.filter((one) => !names.has(one)).map((one) => `${one} was not done: ${message}`),
    ...[...names]
      .filter((one) => !told.includes(one) && one !== doubted)
      .map((one) => `${one} was done, and it does not say so: ${message}`),
    ...(doubted === undefined || isDoubt !== undefined || names.has(doubted) === claimsDone
      ? []
      : [`${doubted} is not as it reports: ${message}`]),
  ];
}
