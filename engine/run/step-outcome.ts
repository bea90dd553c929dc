import type { Step } from "../plan/step.ts";
import type { FailedMigration, RunResult } from "./run-result.ts";

/** The findings of a migration before the ledger records it as done; kept in case that answer is lost. */
export interface Findings {
  /** The reason why a migration that stays applied fails the run. */
  failed: FailedMigration | undefined;
}

/** A step in progress that may or may not be done. */
export interface InDoubt {
  step: Step;
  outcome: "inDoubt";
  /** By `performance.now()`. */
  startedAt: number;
  findings: Findings;
}

/** The outcome of one step of a run. */
export type StepOutcome =
  | InDoubt
  | { step: Step; outcome: "unapplied" }
  | { step: Step; outcome: "failed"; failed: FailedMigration }
  /** `failed` is set if the step is done, stays done and fails the run. */
  | { step: Step; outcome: "done"; durationMs: number; failed: FailedMigration | undefined };

/** The outcomes of a run, by the ids of the steps, in the order of the steps. */
export type StepOutcomes = ReadonlyMap<string, StepOutcome>;

/** The outcome of a step that is done, and that took until now. */
export function doneSince({
  step,
  startedAt,
  findings: { failed },
}: InDoubt): StepOutcome & { durationMs: number } {
  const durationMs = Math.round(performance.now() - startedAt);
  return { step, outcome: "done", durationMs, failed };
}

/** The step in doubt, if there is one. */
export function inDoubtOf(outcomes: StepOutcomes): InDoubt | undefined {
  return [...outcomes.values()].find((one) => one.outcome === "inDoubt");
}

/**
 * The outcomes after the plan was made again. Steps that are still pending are unapplied, a step in doubt that is no
 * longer pending is done, and steps that another run has done are left out.
 */
export function settledBy(outcomes: StepOutcomes, steps: readonly Step[]): Map<string, StepOutcome> {
  const open = new Set(steps.map(({ id }) => id));
  const settled = new Map<string, StepOutcome>();
  for (const [id, outcome] of outcomes) {
    if (outcome.outcome === "failed") settled.set(id, outcome);
    if (open.has(id) || outcome.outcome === "unapplied") continue;
    settled.set(id, outcome.outcome === "inDoubt" ? doneSince(outcome) : outcome);
  }
  for (const step of steps) if (!settled.has(step.id)) settled.set(step.id, { step, outcome: "unapplied" });
  return settled;
}

/** The names of the steps that were done and, by a later plan, are pending again: the server has lost them. */
export function takenBack(outcomes: StepOutcomes, steps: readonly Step[]): string[] {
  return steps.filter(({ id }) => outcomes.get(id)?.outcome === "done").map(({ name }) => name);
}

/** The outcomes as lists. */
export function listed(outcomes: StepOutcomes): Omit<RunResult, "held" | "warnings"> {
  const all = [...outcomes.values()];
  const done = all.filter((one) => one.outcome === "done");
  const doneAs = (kind: Step["kind"]): { name: string; durationMs: number }[] =>
    done.flatMap(({ step, durationMs }) => (step.kind === kind ? [{ name: step.name, durationMs }] : []));
  return {
    declared: done.flatMap(({ step }) => (step.kind === "declare" ? [{ name: step.name, as: step.as }] : [])),
    rolledBack: doneAs("rollBack"),
    applied: doneAs("apply"),
    failed: failureIn(all),
    unapplied: all
      .filter(({ step, outcome }) => step.kind === "apply" && outcome !== "done")
      .map(({ step }) => step.name),
  };
}

/** The failure of a run; undefined if it has not failed. */
export function failureIn(outcomes: Iterable<StepOutcome>): FailedMigration | undefined {
  for (const one of outcomes)
    if ((one.outcome === "failed" || one.outcome === "done") && one.failed !== undefined) return one.failed;
  return undefined;
}
